/**
 * Equal to package.json's (a test holds it): part of every result, since another version may give
 * other bytes.
 */
export const VERSION = "0.2.0";
