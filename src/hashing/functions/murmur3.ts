/** MurmurHash3 in its 32-bit form: the program's own hash of names. */
import { murmur3Of } from "../text.ts";
import { hash32 } from "./hash32.ts";

export const murmur3 = hash32({
  name: "murmur3",
  summary: "MurmurHash3 with 32 bits: lbsim's own, of names",
  follows: "MurmurHash3_x86_32 (Austin Appleby, SMHasher); seed 0",
  of: (bytes, length) => murmur3Of(bytes, length),
});
