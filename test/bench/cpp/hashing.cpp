// The same work as `hashing.mjs` in plain C++: a ring's lookup by binary search and by an index of leading
// bits, building and changing a ring, building Maglev's table, jump. Prints one JSON line.
// g++ -std=c++17 -O3 -o hashing hashing.cpp
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <vector>

using u32 = uint32_t;
using u64 = uint64_t;

static u32 mix(u32 h) {
  h = (h ^ (h >> 16)) * 0x85ebca6bu;
  h = (h ^ (h >> 13)) * 0xc2b2ae35u;
  return h ^ (h >> 16);
}
static u32 combine(u32 a, u32 b) { return mix(mix(a + 0x9e3779b9u) + b); }

struct Point {
  u32 position, node;
  bool operator<(const Point& other) const {
    return position != other.position ? position < other.position : node < other.node;
  }
};

static volatile u64 sink;
template <class F> static double milliseconds(F work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}
template <class F> static double median(F sample) {
  std::vector<double> all;
  for (int i = 0; i < 5; i++) all.push_back(sample());
  std::sort(all.begin(), all.end());
  return all[2];
}
template <class F> static double lookup_ns(const std::vector<u32>& keys, F owner) {
  auto all = [&] {
    u64 sum = 0;
    for (u32 key : keys) sum ^= owner(key);
    sink = sum;
  };
  all();
  return median([&] { return milliseconds(all); }) * 1e6 / keys.size();
}

static std::vector<u32> nodes(int count) {
  std::vector<u32> all(count);
  for (int i = 0; i < count; i++) all[i] = mix(mix(i + 1) + 77);
  return all;
}
static std::vector<Point> ring_of(const std::vector<u32>& identities, int points, int without = -1) {
  std::vector<Point> ring;
  ring.reserve(identities.size() * points);
  for (size_t n = 0; n < identities.size(); n++) {
    if ((int)n == without) continue;
    for (int i = 0; i < points; i++) ring.push_back({mix(mix(identities[n]) + i), (u32)n});
  }
  std::sort(ring.begin(), ring.end());
  return ring;
}

// For each value of the leading bits the first point that is not before it, and one more at the end.
static void index_of(const std::vector<Point>& ring, int bits, std::vector<u32>& first) {
  first.resize((1u << bits) + 1);
  size_t bucket = 0;
  for (size_t i = 0; i < ring.size(); i++)
    while (bucket <= ring[i].position >> (32 - bits)) first[bucket++] = (u32)i;
  while (bucket < first.size()) first[bucket++] = (u32)ring.size();
}

static std::vector<u32> maglev(const std::vector<u32>& identities, u32 size) {
  const size_t count = identities.size();
  std::vector<u32> next(count), skip(count), table(size, UINT32_MAX);
  for (size_t n = 0; n < count; n++) {
    next[n] = combine(identities[n], 1) % size;
    skip[n] = combine(identities[n], 2) % (size - 1) + 1;
  }
  for (u32 filled = 0;;) {
    for (size_t n = 0; n < count; n++) {
      u32 entry = next[n];
      while (table[entry] != UINT32_MAX) {
        entry += skip[n];
        if (entry >= size) entry -= size;
      }
      table[entry] = n;
      next[n] = entry;
      if (++filled == size) return table;
    }
  }
}

static int32_t jump(u64 key, int32_t buckets) {
  int64_t bucket = 0, next = 0;
  while (next < buckets) {
    bucket = next;
    key = key * 2862933555777941757ULL + 1;
    next = (int64_t)((bucket + 1) * ((double)(1LL << 31) / (double)((key >> 33) + 1)));
  }
  return (int32_t)bucket;
}

int main() {
  std::vector<u32> keys(1 << 20);
  for (u32 i = 0; i < keys.size(); i++) keys[i] = mix(i + 0x51ed270b);
  const auto identities = nodes(1000);

  const auto ring = ring_of(identities, 10'000);
  std::vector<u32> positions(ring.size()), owners(ring.size());
  for (size_t i = 0; i < ring.size(); i++) positions[i] = ring[i].position, owners[i] = ring[i].node;
  const double binary_ns = lookup_ns(keys, [&](u32 key) {
    const size_t at = std::lower_bound(positions.begin(), positions.end(), key) - positions.begin();
    return owners[at == positions.size() ? 0 : at];
  });
  // 2^24 buckets, as ours takes for so many points.
  std::vector<u32> first;
  index_of(ring, 24, first);
  const double ring_ns = lookup_ns(keys, [&](u32 key) {
    size_t at = first[key >> 8];
    const size_t end = first[(key >> 8) + 1];
    while (at < end && positions[at] < key) at++;
    return owners[at == positions.size() ? 0 : at];
  });

  const double ring_build_ms =
      median([&] { return milliseconds([&] { index_of(ring_of(identities, 1000), 20, first); }); });
  auto small = ring_of(identities, 1000);
  const double ring_change_ms = median([&] {
    return milliseconds([&] {
      const auto gone = [](const Point& point) { return point.node == 500; };
      small.erase(std::remove_if(small.begin(), small.end(), gone), small.end());
      index_of(small, 20, first);
      std::vector<Point> fresh;
      for (int i = 0; i < 1000; i++) fresh.push_back({mix(mix(identities[500]) + i), 500});
      std::sort(fresh.begin(), fresh.end());
      const size_t kept = small.size();
      small.insert(small.end(), fresh.begin(), fresh.end());
      std::inplace_merge(small.begin(), small.begin() + kept, small.end());
      index_of(small, 20, first);
    }) / 2;
  });
  const double maglev_ms = median([&] { return milliseconds([&] { sink = maglev(identities, 655'373)[7]; }); });
  const double jump_ns = lookup_ns(keys, [&](u32 key) { return jump((u64)key << 32 | key, 1000); });
  std::printf("{\"ringNs\":%f,\"binaryNs\":%f,\"ringBuildMs\":%f,\"ringChangeMs\":%f,\"maglevMs\":%f,\"jumpNs\":%f}\n",
              ring_ns, binary_ns, ring_build_ms, ring_change_ms, maglev_ms, jump_ns);
}
