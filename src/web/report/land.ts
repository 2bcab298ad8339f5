/**
 * The land of the world, from Natural Earth's 1:110m data (public domain) as world-atlas packs it.
 */
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import world from "world-atlas/land-110m.json";

/** JSON has no literal types: what the package says of its file is said here. */
const isWorld = (value: object): value is Topology<{ land: GeometryCollection }> =>
  "type" in value && value.type === "Topology" && "objects" in value;

const empty = { type: "FeatureCollection", features: [] } as const;

export const LAND: GeoJSON.FeatureCollection = isWorld(world)
  ? feature(world, world.objects.land)
  : { ...empty, features: [] };
