import { describe, expect, it } from "vitest";
import { importLog, LogImporter } from "../../src/world/import-log.ts";
import { parseJsonLine, parseNcsaLine } from "../../src/world/import-lines.ts";
import {
  parseAddress,
  parseRegionRule,
  type RegionRule,
  RegionRules,
} from "../../src/world/import-regions.ts";
import { parseAnyTime } from "../../src/world/import-times.ts";
import { formatTrace, parseTrace } from "../../src/world/trace.ts";

const common = (client: string, time: string, url: string, bytes = "10") =>
  `${client} - - [${time} +0000] "GET ${url} HTTP/1.1" 200 ${bytes}`;
const agent = `"http://example.org/a?b=\\"c\\"" "Mozilla/5.0 (X11; \\"quoted\\")"`;
const msOf = (time: string) => {
  const entry = parseNcsaLine(`h - - [${time}] "GET / HTTP/1.0" 200 1`, false);
  return typeof entry === "string" ? entry : entry.time.ms;
};
const jsonLine = (time: string) => JSON.stringify({ time, client: "a", url: "/" });
const wordsOf = (text: string) => parseAddress(text)?.join(" ");
const rule = (text: string): RegionRule => {
  const parsed = parseRegionRule(text);
  if (typeof parsed === "string") throw new Error(parsed);
  return parsed;
};

describe("an NCSA log", () => {
  it("becomes users, objects and times, sorted, equal seconds spread in order of the file", () => {
    const log = [
      common("1.1.1.1", "17/May/2015:10:05:03", "/a"),
      common("2.2.2.2", "17/May/2015:10:05:04", "/b", "-"),
      common("1.1.1.1", "17/May/2015:10:05:03", "/b?x=1", "7"),
      common("3.3.3.3", "17/May/2015:10:05:02", "/a"),
      common("2.2.2.2", "17/May/2015:10:05:03", "/a"),
    ].join("\n");
    const { trace, clients, urls, malformed, lines, startMs, spread } = importLog(log);
    expect([lines, malformed, spread]).toEqual([5, 0, true]);
    expect(startMs).toBe(Date.UTC(2015, 4, 17, 10, 5, 2));
    expect([...trace.timeMs]).toEqual([0, 1000, 1333.333, 1666.667, 2000]);
    expect([...trace.user].map((user) => clients[user])).toEqual([
      "3.3.3.3",
      "1.1.1.1",
      "1.1.1.1",
      "2.2.2.2",
      "2.2.2.2",
    ]);
    expect([...trace.object].map((object) => urls[object])).toEqual([
      "/a",
      "/a",
      "/b?x=1",
      "/a",
      "/b",
    ]);
    expect([...trace.bytes]).toEqual([10, 10, 7, 10, 0]);
    expect(trace.regions).toEqual(["all"]);
    expect([trace.users, trace.objects]).toEqual([3, 3]);
  });

  it("makes one object of a URL's queries where told so", () => {
    const log = ["/a?x=1", "/a?x=2", "/a", "/a#b"]
      .map((url) => common("1.1.1.1", "17/May/2015:10:05:03", url))
      .join("\n");
    expect(importLog(log).urls.length).toBe(4);
    expect(importLog(log, { query: "drop" }).urls).toEqual(["/a"]);
  });

  it("knows zones, months, leap days and the ends of years", () => {
    expect(msOf("31/Dec/2015:23:59:60 -0130")).toBe(Date.UTC(2016, 0, 1, 1, 30));
    expect(msOf("29/Feb/2016:00:00:00 +0530")).toBe(Date.UTC(2016, 1, 28, 18, 30));
    expect(msOf("29/Feb/2015:00:00:00 +0000")).toBe("no time: [29/Feb/2015:00:00:00 +0000]");
    expect(msOf("29/Foo/2015:00:00:00 +0000")).toBe("no time: [29/Foo/2015:00:00:00 +0000]");
    expect(msOf("9/Feb/2015:00:00:00 +0000")).toMatch(/no time/);
  });

  it("reads a combined line with escaped quotes, a user name and blanks in the URL", () => {
    const line = `h ident "a b" [17/May/2015:10:05:03 +0000] "GET /a \\"b\\" c HTTP/1.1" 304 - ${agent}`;
    const entry = parseNcsaLine(line, true);
    expect(entry).toMatchObject({ client: "h", url: '/a \\"b\\" c', bytes: 0 });
    expect(parseNcsaLine(common("h", "17/May/2015:10:05:03", "/"), true)).toMatch(
      /no quoted referer/,
    );
  });

  it("counts lines that it cannot read, and tells the first with their numbers", () => {
    const good = common("1.1.1.1", "17/May/2015:10:05:03", "/a");
    const bad = [
      "nonsense",
      good.replace("[17", "17"),
      good.replace('"GET', "GET"),
      good.replace('1.1"', "1.1"),
      good.replace("GET /a HTTP/1.1", "-"),
      good.replace("200 10", "OK"),
      "x".repeat(70_000),
    ];
    const { malformed, firstMalformed, trace } = importLog([good, "", ...bad, good].join("\n"));
    expect([malformed, trace.timeMs.length]).toEqual([7, 2]);
    expect(firstMalformed.map(({ line, why }) => `${line}: ${why}`)).toEqual([
      "3: no client address and [time]",
      "4: no client address and [time]",
      "5: no quoted request after the time",
      "6: the request's closing quote is missing",
      '7: no URL in the request "-"',
      "8: no status and size after the request",
      "9: longer than 65536 characters",
    ]);
    expect(firstMalformed[6].text.length).toBe(61);
    expect(importLog(Array.from({ length: 50 }, () => "x").join("\n")).firstMalformed.length).toBe(
      10,
    );
  });

  it("gives an empty trace for an empty log", () => {
    const { trace, startMs } = importLog("\n\n");
    expect([trace.timeMs.length, trace.users]).toEqual([0, 0]);
    expect(startMs).toBeNaN();
  });

  it("is the same trace however the text is cut, and as a file", () => {
    const log = Array.from({ length: 300 }, (_, i) =>
      common(
        `10.0.0.${i % 7}`,
        `17/May/2015:10:05:${String(i % 60).padStart(2, "0")}`,
        `/${i % 11}`,
      ),
    ).join("\n");
    const whole = importLog(log).trace;
    const importer = new LogImporter();
    for (let at = 0; at < log.length; at += 13) importer.feed(log.slice(at, at + 13));
    expect(importer.finish().trace).toEqual(whole);
    expect(parseTrace([...formatTrace(whole)].join(""))).toEqual(whole);
  });
});

describe("a JSON log", () => {
  it("guesses its fields as the usual programs name them", () => {
    const nginx = {
      time_iso8601: "2015-05-17T10:05:03+02:00",
      remote_addr: "1.2.3.4",
      request: "GET /x?y HTTP/2.0",
      body_bytes_sent: "12",
    };
    expect(parseJsonLine(JSON.stringify(nginx), {})).toEqual({
      time: { ms: Date.UTC(2015, 4, 17, 8, 5, 3), wholeSecond: true },
      client: "1.2.3.4",
      url: "/x?y",
      bytes: 12,
    });
    const caddy = { ts: 1431857103.25, request: { remote_ip: "::1", uri: "/z" }, size: 9 };
    expect(parseJsonLine(JSON.stringify(caddy), {})).toEqual({
      time: { ms: 1431857103250, wholeSecond: false },
      client: "::1",
      url: "/z",
      bytes: 9,
    });
  });

  it("takes fields by the names it is told, with dots into objects", () => {
    const line = JSON.stringify({
      a: { when: 1431857103123 },
      who: "5.6.7.8:1234",
      "what.for": "/q",
      n: -1,
    });
    const fields = { time: "a.when", client: "who", url: "what.for", bytes: "n" };
    expect(parseJsonLine(line, fields)).toMatchObject({ client: "5.6.7.8", url: "/q", bytes: 0 });
    expect(parseJsonLine(line, { ...fields, url: "nowhere" })).toBe("no url in nowhere");
    expect(parseJsonLine(line, {})).toMatch(/^no time \(looked for time, timestamp/);
    for (const text of ["[1]", "null", "{", '"x"', "7"])
      expect(parseJsonLine(text, {})).toBe("no JSON object");
  });

  it("keeps fractions of a second as they are", () => {
    const { trace, spread } = importLog(
      ["2015-05-17T10:05:03Z", "2015-05-17T10:05:03Z", "2015-05-17T10:05:03.5Z"]
        .map(jsonLine)
        .join("\n"),
    );
    expect(spread).toBe(false);
    expect([...trace.timeMs]).toEqual([0, 0, 500]);
  });

  it("reads times as people write them", () => {
    const may = Date.UTC(2015, 4, 17, 10, 5, 3);
    expect(parseAnyTime("2015-05-17 10:05:03")).toEqual({ ms: may, wholeSecond: true });
    expect(parseAnyTime("2015-05-17T12:05:03,250+0200")).toEqual({
      ms: may + 250,
      wholeSecond: false,
    });
    expect(parseAnyTime("17/May/2015:10:05:03 +0000")).toEqual({ ms: may, wholeSecond: true });
    expect(parseAnyTime(may)).toEqual({ ms: may, wholeSecond: false });
    expect(parseAnyTime("1431857103.000")).toEqual({ ms: may, wholeSecond: false });
    expect(parseAnyTime(may / 1000)).toEqual({ ms: may, wholeSecond: true });
    for (const text of [
      "",
      "yesterday",
      "2015-13-01T00:00:00Z",
      "2015-01-01T24:00:00Z",
      -1,
      null,
      true,
    ]) {
      expect(parseAnyTime(text)).toBeNull();
    }
  });
});

describe("regions by rule", () => {
  it("go by blocks of addresses first, the first rule that holds the address", () => {
    const rules = new RegionRules([
      rule("europe=83.0.0.0/8,46.0.0.0/8,2a00::/12"),
      rule("home=10.1.2.3, ::1"),
      rule("near=10.0.0.0/8"),
    ]);
    const name = (address: string) => rules.names[rules.regionOf(address)];
    expect(rules.names).toEqual(["europe", "home", "near", "other"]);
    expect(["83.149.9.216", "46.1.2.3", "2a01:db8::7", "47.1.2.3"].map(name)).toEqual([
      "europe",
      "europe",
      "europe",
      "other",
    ]);
    expect(["10.1.2.3", "10.1.2.4", "::1", "::2", "host.example.org"].map(name)).toEqual([
      "home",
      "near",
      "home",
      "other",
      "other",
    ]);
    // An IPv4 address in IPv6's clothes is the same address.
    expect(name("::ffff:83.1.1.1")).toBe("europe");
  });

  it("share out by hash what no block takes", () => {
    const rules = new RegionRules([
      rule("asia=hash:30%"),
      rule("home=10.0.0.0/8"),
      rule("africa=hash:20.5%"),
    ]);
    const counts = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const name = rules.names[rules.regionOf(`11.0.${i >> 8}.${i & 255}`)];
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    // σ = √(20,000 · 0.3 · 0.7) = 65 and 57; 4 σ.
    expect(Math.abs((counts.get("asia") ?? 0) - 6_000)).toBeLessThan(4 * 65);
    expect(Math.abs((counts.get("africa") ?? 0) - 4_100)).toBeLessThan(4 * 57);
    expect(rules.names[rules.regionOf("10.9.9.9")]).toBe("home");
    expect(new RegionRules([rule("a=hash:100%")]).regionOf("anybody")).toBe(0);
  });

  it("stand in the trace, by client", () => {
    const log = [
      common("83.1.1.1", "17/May/2015:10:05:03", "/a"),
      common("9.1.1.1", "17/May/2015:10:05:04", "/a"),
      common("83.1.1.1", "17/May/2015:10:05:05", "/a"),
    ].join("\n");
    const { trace } = importLog(log, { regions: [rule("europe=83.0.0.0/8")] });
    expect([...trace.region].map((region) => trace.regions[region])).toEqual([
      "europe",
      "other",
      "europe",
    ]);
  });

  it("are refused in words", () => {
    const wrong = [
      ["europe", '"europe" names no region, write name=83.0.0.0/8 or name=hash:30%'],
      ["a b=1.0.0.0/8", '"a b=1.0.0.0/8" names no region, write name=83.0.0.0/8 or name=hash:30%'],
      ["a=hash:0%", '"hash:0%" is no share, write more than 0% and up to 100%'],
      ["a=hash:101%", '"hash:101%" is no share, write more than 0% and up to 100%'],
      [
        "a=83.0.0/8",
        '"83.0.0/8" is no block of addresses, write 83.0.0.0/8, 2a00::/12 or hash:30%',
      ],
      [
        "a=1.0.0.0/33",
        '"1.0.0.0/33" is no block of addresses, write 83.0.0.0/8, 2a00::/12 or hash:30%',
      ],
      ["a=", '"" is no block of addresses, write 83.0.0.0/8, 2a00::/12 or hash:30%'],
    ];
    for (const [text, message] of wrong) expect(parseRegionRule(text)).toBe(message);
    const shares = [rule("a=hash:60%"), rule("b=hash:50%")];
    expect(RegionRules.problemWith(shares)).toBe(
      "the shares by hash add up to 110%, write at most 100%",
    );
    expect(RegionRules.problemWith([rule("a=hash:33.3%"), rule("b=hash:66.7%")])).toBeNull();
  });

  it("know an IPv6 address by its parts", () => {
    expect(wordsOf("2001:db8::ff00:42:8329")).toBe(
      wordsOf("2001:0db8:0000:0000:0000:ff00:0042:8329"),
    );
    expect(wordsOf("::")).toBe("0 0 0 0");
    for (const text of [
      "1::2::3",
      ":1",
      "1:2:3",
      "1:2:3:4:5:6:7:8:9",
      "12345::",
      "g::",
      "1.2.3.256",
      "1.2.3",
    ]) {
      expect(wordsOf(text), text).toBeUndefined();
    }
  });
});
