/**
 * The elementary functions of everything that runs below the command line. Engines disagree about
 * `Math.log`, `Math.exp` and `Math.pow` in the last place (V8 of Node against that of a browser in
 * 7 to 10 % of arguments), and one such unit swaps two events sooner or later. These use + − × ÷,
 * sqrt and a double's own bits alone, which IEEE 754 and ECMAScript fix to the last bit, so a run
 * gives the same bytes everywhere.
 *
 * Methods and coefficients: Sun Microsystems' fdlibm 5.3 (e_log.c, s_log1p.c, e_exp.c, s_expm1.c,
 * e_pow.c), written anew.
 */
export { log, log1p } from "./logarithm.ts";
export { exp, expm1 } from "./exponential.ts";
export { pow } from "./power.ts";
export { erfc, gammaLn, gammaP, normalCdf } from "./special.ts";
