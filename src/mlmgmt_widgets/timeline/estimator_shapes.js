// The shapes that a duration can have, and how one becomes another without losing what was meant.

export const SHAPES = [
  ["pert", "Low, likely, high (PERT)"],
  ["triangular", "Low, likely, high (triangular)"],
  ["lognormal", "P10 and P90 (lognormal, long tail)"],
  ["fixed", "Fixed"],
  ["history", "Past values (resampled)"],
];

/** The shape of a duration. */
export function shapeOf(value) {
  if (!value || typeof value !== "object") return "fixed";
  if ("history" in value) return "history";
  if ("p10" in value || "p90" in value) return "lognormal";
  return value.distribution === "triangular" ? "triangular" : "pert";
}

/** A duration in another shape, as near to the old one as it can be. */
export function reshaped(value, shape) {
  const { low, likely, high } = ends(value);
  if (shape === "fixed") return likely;
  if (shape === "lognormal") return { p10: Math.max(low, 0.1), p90: rounded(Math.max(high, 0.2, low * 1.1)) };
  if (shape === "history") return { history: [] }; // what such work took before, nobody can make up
  return shape === "triangular" ? { low, likely, high, distribution: "triangular" } : { low, likely, high };
}

function ends(value) {
  const shape = shapeOf(value);
  if (shape === "fixed") return { low: rounded(0.7 * (value || 1)), likely: value || 1, high: rounded(1.8 * (value || 1)) };
  if (shape === "lognormal") return { low: value.p10, likely: rounded(Math.sqrt(value.p10 * value.p90)), high: value.p90 };
  if (shape === "history") {
    const sorted = value.history.filter((each) => typeof each === "number").sort((a, b) => a - b);
    return { low: sorted[0] ?? 1, likely: sorted[Math.floor(sorted.length / 2)] ?? 2, high: sorted.at(-1) ?? 4 };
  }
  return value;
}

const rounded = (value) => Math.round(100 * value) / 100;
