// What a search counts beside its rows: as the page calls it, and as the API does.

export const DIMENSIONS = [
  ["Risk", "level"],
  ["Outcome", "outcome"],
  ["Signal", "signal"],
  ["Country", "country"],
  ["Network", "asn"],
  ["Browser", "browser"],
  ["System", "os"],
  ["Device", "status"],
  ["Method", "method"],
];
