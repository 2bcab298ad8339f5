import { describe, expect, it } from "vitest";
import { MachineState } from "../../src/world/machine.ts";
import type { Request } from "../../src/world/requests.ts";
import { lru } from "../simulator/scenario-builder.ts";
import { Workbench } from "./workbench.ts";

/** a at 0 for 4 ms, then b, c and d (2 ms each) at 1, 2 and 3. */
function fourRequests(bench: Workbench): Request[] {
  const requests = [bench.ask("a", { demand: 4 })];
  for (const [at, name] of ["b", "c", "d"].entries()) {
    bench.until(at + 1);
    requests.push(bench.ask(name, { demand: 2 }));
  }
  return requests;
}

it("machines that come keep the figures of those that are there", () => {
  const bench = new Workbench();
  for (let speed = 1; speed <= 100; speed++) bench.machine({ speed });
  expect(bench.machines.all.map(({ speed }) => speed)).toEqual(
    Array.from({ length: 100 }, (_, i) => i + 1),
  );
});

describe("the order of service", () => {
  it("is that of arrival under FIFO", () => {
    const bench = new Workbench();
    bench.machine();
    fourRequests(bench);
    bench.until(Infinity);
    expect(bench.log).toEqual(["a done 4", "b done 6", "c done 8", "d done 10"]);
    // b waited from 1 to 4, c from 2 to 6, d from 3 to 8.
    expect(bench.first.waitMs).toBe(3 + 4 + 5);
    expect(bench.first.busyMs).toBe(10);
  });

  it("is the latest first under LIFO, without taking the core from who has it", () => {
    const bench = new Workbench();
    bench.machine({ discipline: "lifo" });
    fourRequests(bench);
    bench.until(Infinity);
    expect(bench.log).toEqual(["a done 4", "d done 6", "c done 8", "b done 10"]);
  });

  it("is all at once under processor sharing", () => {
    const bench = new Workbench();
    bench.machine({ discipline: "processor-sharing" });
    bench.ask("a", { demand: 4 });
    bench.until(2);
    bench.ask("b", { demand: 1 }); // each at half speed: b needs 2 ms, a has 1 left at 4
    bench.until(Infinity);
    expect(bench.log).toEqual(["b done 4", "a done 5"]);
    expect(bench.first.busyMs).toBe(5);
  });

  it("gives each request a whole core as long as there is one", () => {
    for (const discipline of ["fifo", "lifo", "processor-sharing"] as const) {
      const bench = new Workbench();
      bench.machine({ discipline, cores: 2 });
      bench.ask("a", { demand: 4 });
      bench.ask("b", { demand: 3 });
      bench.until(Infinity);
      expect(bench.log).toEqual(["b done 3", "a done 4"]);
      expect(bench.first.busyMs).toBe(7);
    }
  });

  it("lets the next one begin on the core that becomes free first", () => {
    const bench = new Workbench();
    bench.machine({ cores: 2 });
    bench.ask("a", { demand: 5 });
    bench.ask("b", { demand: 2 });
    bench.ask("c", { demand: 2 });
    bench.ask("d", { demand: 2 });
    bench.until(Infinity);
    expect(bench.log).toEqual(["b done 2", "c done 4", "a done 5", "d done 6"]);
  });

  it("divides the demand by the speed", () => {
    const bench = new Workbench();
    bench.machine({ speed: 2 });
    bench.machine({ speed: 0.5, discipline: "processor-sharing" });
    bench.ask("fast", { demand: 4 });
    bench.ask("slow", { demand: 4, machine: 1 });
    bench.until(Infinity);
    expect(bench.log).toEqual(["fast done 2", "slow done 8"]);
  });
});

describe("the limit of the queue", () => {
  it("counts those who wait, not those in service", () => {
    for (const discipline of ["fifo", "lifo"] as const) {
      const bench = new Workbench();
      bench.machine({ queueLimit: 1, cores: 2, discipline });
      for (const name of ["a", "b", "c", "d"]) bench.ask(name, { demand: 3 });
      bench.until(3);
      expect(bench.log).toEqual(["d rejected 0", "a done 3", "b done 3"]);
      bench.ask("e", { demand: 1 });
      bench.until(Infinity);
      expect(bench.log.slice(3)).toEqual(["e done 4", "c done 6"]);
      expect([
        bench.first.received,
        bench.first.account.rejected,
        bench.first.started,
        bench.first.completed,
      ]).toEqual([5, 1, 4, 4]);
    }
  });

  it("of 0 turns away whoever finds all cores busy", () => {
    const bench = new Workbench();
    bench.machine({ queueLimit: 0 });
    bench.ask("a", { demand: 3 });
    bench.ask("b", { demand: 3 });
    bench.until(3);
    bench.ask("c", { demand: 1 });
    bench.until(Infinity);
    expect(bench.log).toEqual(["b rejected 0", "a done 3", "c done 4"]);
  });

  it("of a shared processor is cores plus queue", () => {
    const bench = new Workbench();
    bench.machine({ queueLimit: 1, discipline: "processor-sharing" });
    for (const name of ["a", "b", "c"]) bench.ask(name, { demand: 1 });
    bench.until(Infinity);
    expect(bench.log).toEqual(["c rejected 0", "a done 2", "b done 2"]);
  });
});

describe("a machine that becomes slow in mid-service", () => {
  it("takes the factor longer for the rest, and goes back to its speed", () => {
    for (const discipline of ["fifo", "processor-sharing"] as const) {
      const bench = new Workbench();
      bench.machine({ discipline });
      bench.ask("a", { demand: 10 });
      bench.until(4);
      bench.machines.slow(bench.first, 3); // 6 ms of demand left
      bench.until(10); // of which 2 are done in 6 ms
      bench.machines.slow(bench.first, 1);
      bench.until(Infinity);
      expect(bench.log).toEqual(["a done 14"]);
      expect(bench.first.busyMs).toBe(14);
      bench.ask("b", { demand: 1 });
      bench.until(Infinity);
      expect(bench.log.at(-1)).toBe("b done 15");
    }
  });

  it("may be idle, or down, at that moment", () => {
    const bench = new Workbench();
    bench.machine();
    bench.machines.slow(bench.first, 2);
    bench.ask("a", { demand: 1 });
    bench.until(Infinity);
    bench.stop(MachineState.Crashed);
    bench.machines.slow(bench.first, 4);
    bench.machines.recover(bench.first);
    bench.ask("b", { demand: 1 });
    bench.until(Infinity);
    expect(bench.log).toEqual(["a done 2", "b done 6"]);
  });
});

/**
 * A machine of one core with one request running (r), one queued (q), one withdrawn from the queue
 * (w) and one fetching (f).
 */
function busyBench(discipline: "fifo" | "processor-sharing" = "fifo"): Workbench {
  const bench = new Workbench([{ missHolds: "nothing", cacheable: true }]);
  bench.machine({ discipline }, lru(10));
  bench.ask("f", { demand: 1, object: 1, penalty: 50 });
  bench.ask("r", { demand: 10, object: 1 });
  bench.withdraw(bench.ask("w", { demand: 10, object: 1 }));
  bench.ask("q", { demand: 10, object: 1 });
  bench.until(4);
  return bench;
}

describe("a machine that stops", () => {
  it("loses what runs, waits and fetches, once each, whatever the manner", () => {
    for (const state of [MachineState.Crashed, MachineState.Silent, MachineState.Removed]) {
      const bench = busyBench();
      bench.stop(state);
      expect(bench.log).toEqual(["w withdrawn 0", "r lost 4", "q lost 4", "f lost 4"]);
      expect(bench.first.inFlight).toBe(0);
      expect(bench.requests.live).toBe(0);
      expect(bench.first.account.lost).toBe(4);
      bench.until(Infinity); // the fetch's alarm finds nobody
      expect(bench.log.length).toBe(4);
    }
  });

  it("loses what shares its processors", () => {
    const bench = busyBench("processor-sharing");
    bench.stop(MachineState.Crashed);
    expect(bench.log).toEqual(["w withdrawn 0", "r lost 4", "q lost 4", "f lost 4"]);
    bench.machines.recover(bench.first);
    bench.ask("again", { demand: 3, object: 1 });
    bench.until(Infinity);
    expect(bench.log.at(-1)).toBe("again done 7");
  });

  it("refuses what comes later after a crash or a removal, and swallows it in silence", () => {
    for (const [state, answer] of [
      [MachineState.Crashed, "refused"],
      [MachineState.Removed, "refused"],
      [MachineState.Silent, "swallowed"],
    ] as const) {
      const bench = new Workbench();
      bench.machine();
      bench.stop(state);
      bench.ask("late", { demand: 1 });
      expect(bench.log).toEqual([`late ${answer} 0`]);
      expect(bench.first.received).toBe(1);
    }
  });

  it("serves again after it recovered, with all its cores and an empty cache; once removed it never does", () => {
    const bench = busyBench();
    bench.stop(MachineState.Silent);
    bench.until(5);
    bench.machines.recover(bench.first);
    expect(bench.first.memory!.cache.count).toBe(0);
    bench.ask("x", { demand: 2, object: 2 });
    bench.until(Infinity);
    expect(bench.log.at(-1)).toBe("x done 7");
    bench.stop(MachineState.Removed);
    bench.machines.recover(bench.first);
    expect(bench.first.state).toBe(MachineState.Removed);
    expect(bench.first.memory!.cache.count).toBe(0);
  });

  it("counts core time until it stopped, and in-service time only while it is up", () => {
    for (const discipline of ["fifo", "processor-sharing"] as const) {
      const bench = new Workbench();
      bench.machine({ cores: 2, discipline });
      bench.until(1);
      bench.ask("a", { demand: 100 });
      bench.until(4);
      bench.stop(MachineState.Crashed);
      bench.until(10);
      expect([bench.first.busyMs, bench.first.account.inServiceMs]).toEqual([3, 8]);
      bench.stop(MachineState.Silent); // the dead stay dead, and lose nothing twice
      bench.until(11);
      bench.machines.recover(bench.first);
      bench.until(12);
      expect([bench.first.busyMs, bench.first.account.inServiceMs]).toEqual([3, 10]);
      expect(bench.first.account.lost).toBe(1);
    }
  });
});

describe("a request that is taken back", () => {
  it("leaves the queue from wherever it stands", () => {
    const bench = new Workbench();
    bench.machine({ queueLimit: 3 });
    const [, b] = fourRequests(bench);
    bench.withdraw(b);
    expect(bench.first.inFlight).toBe(3);
    bench.ask("e", { demand: 1 }); // its place counts no more
    bench.until(Infinity);
    expect(bench.log).toEqual(["b withdrawn 3", "a done 4", "c done 6", "d done 8", "e done 9"]);
    expect(bench.requests.live).toBe(0);
  });

  it("frees its core for the next one", () => {
    const bench = new Workbench();
    bench.machine();
    const [a, b] = fourRequests(bench);
    bench.withdraw(b);
    bench.withdraw(a);
    bench.until(Infinity);
    expect(bench.log.slice(2)).toEqual(["c done 5", "d done 7"]);
    expect([
      bench.first.started,
      bench.first.completed,
      bench.first.account.lost,
      bench.first.busyMs,
    ]).toEqual([3, 2, 2, 7]);
  });

  it("frees its core for nobody when all who waited have been taken back too", () => {
    const bench = new Workbench();
    bench.machine();
    const requests = fourRequests(bench);
    for (const request of requests.toReversed()) bench.withdraw(request);
    expect([bench.first.inFlight, bench.requests.live]).toEqual([0, 0]);
    bench.ask("e", { demand: 1 });
    bench.until(Infinity);
    expect(bench.log.at(-1)).toBe("e done 4");
  });

  it("gives its share of the processor to the others", () => {
    const bench = new Workbench();
    bench.machine({ discipline: "processor-sharing" });
    bench.ask("a", { demand: 4 });
    const b = bench.ask("b", { demand: 4 });
    bench.until(4); // 2 ms of each are done
    bench.withdraw(b);
    bench.until(Infinity);
    expect(bench.log).toEqual(["b withdrawn 4", "a done 6"]);
  });

  it("is forgotten by its fetch", () => {
    const bench = new Workbench([{ missHolds: "nothing", cacheable: true }]);
    bench.machine({}, lru(10));
    const request = bench.ask("a", { demand: 1, object: 1, penalty: 5 });
    bench.until(1);
    bench.withdraw(request);
    const again = bench.ask("b", { demand: 1, object: 2, penalty: 5 }); // the same object, used again
    expect(again).toBe(request);
    bench.until(5);
    expect(bench.first.account.fetching).toBe(1);
    bench.until(Infinity);
    expect(bench.log).toEqual(["a withdrawn 1", "b done 7"]);
  });
});

describe("a fetch after a miss", () => {
  it("waits without a core, then asks for one", () => {
    const bench = new Workbench([{ missHolds: "nothing", cacheable: true }]);
    bench.machine({}, lru(10));
    const request = bench.ask("miss", { demand: 2, object: 1, penalty: 5 });
    bench.ask("hit", { demand: 3, object: 1, penalty: 5 }); // what is fetched counts as held at once
    bench.until(4);
    expect(bench.log).toEqual(["hit done 3"]);
    expect(request.paidMs).toBe(5);
    bench.until(Infinity);
    expect(bench.log.at(-1)).toBe("miss done 7");
    expect(bench.first.waitMs).toBe(0);
  });

  it("works on its core where the setting says so", () => {
    for (const discipline of ["fifo", "processor-sharing"] as const) {
      const bench = new Workbench([{ missHolds: "core", cacheable: true }]);
      bench.machine({ speed: 2, discipline }, lru(10));
      bench.ask("miss", { demand: 2, object: 1, penalty: 5 }); // 2 / 2 + 5: the penalty is not core speed's to shorten
      bench.until(Infinity);
      expect(bench.log).toEqual(["miss done 6"]);
      expect(bench.first.busyMs).toBe(6);
    }
  });

  it("may end before a full queue", () => {
    const bench = new Workbench([{ missHolds: "nothing", cacheable: true }]);
    bench.machine({ queueLimit: 0 }, lru(10));
    bench.ask("a", { demand: 2, object: 1, penalty: 1 });
    bench.ask("b", { demand: 2, object: 2, penalty: 2 });
    bench.until(Infinity);
    expect(bench.log).toEqual(["b rejected 2", "a done 3"]);
  });
});
