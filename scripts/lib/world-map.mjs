// Draws the countries of Natural Earth, 1:50m, in the Equal Earth projection: one path a country, named c and its two letters.
// Usage: see scripts/world-map. The projection is that of src/http/console/drawing/map/equal_earth.rs, whose tests have values of this one.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [work, target] = process.argv.slice(2);
const require = createRequire(pathToFileURL(join(work, 'node_modules/')));
const { geoEqualEarth, geoPath, geoCentroid } = await import(pathToFileURL(require.resolve('d3-geo')));
const { feature } = await import(pathToFileURL(require.resolve('topojson-client')));
const { presimplify, simplify, sphericalTriangleArea } = await import(pathToFileURL(require.resolve('topojson-simplify')));
// Points that change the outline by less than this many steradians are left out, the same on both sides of a border.
const LEAST = 8e-6;
const whole = JSON.parse(readFileSync(join(work, 'node_modules/world-atlas/countries-50m.json'), 'utf8'));
const atlas = simplify(presimplify(whole, sphericalTriangleArea), LEAST);
const { codeMappings } = JSON.parse(readFileSync(join(work, 'node_modules/cldr-core/supplemental/codeMappings.json'), 'utf8')).supplemental;

// The map is cut at 169° W, between Asia and America, so that no country lies at both ends but for a few islands.
const WIDTH = 4_000;
const EASTING = 11;
const MAX_X = Math.PI / ((Math.sqrt(3) / 2) * 1.340264);
const MAX_Y = 1.3173627591574;
const scale = WIDTH / 2 / MAX_X;
const projection = geoEqualEarth().rotate([-EASTING, 0]).precision(0).scale(scale).translate([WIDTH / 2, MAX_Y * scale]);

// What has no number in the atlas, by name, and parts of a country that have letters of their own: within west, south, east, north.
const unnumbered = { Kosovo: 'XK', Somaliland: 'SO', 'N. Cyprus': 'CY' };
const parts = [
  ['FR', 'GF', -55, 2, -51, 6], ['FR', 'GP', -62, 15.7, -61, 16.6], ['FR', 'MQ', -61.3, 14.3, -60.7, 15], ['FR', 'RE', 55, -22, 56, -20],
  ['FR', 'YT', 44.9, -13.1, 45.4, -12.5], ['NO', 'SJ', -10, 70.5, 36, 82], ['NL', 'BQ', -69, 11.5, -62, 18], ['NO', 'BV', 3, -55, 4, -54],
  [undefined, 'CX', 105, -11, 106, -10], [undefined, 'CC', 96, -13, 97.5, -11],
];
// What the atlas does not have, or what would be off the map.
const points = {
  AQ: [-58.96, -62.2], BV: [3.4, -54.4], CC: [96.8, -12.1], CX: [105.6, -10.5], GI: [-5.35, 36.14], SJ: [15.6, 78.2], TK: [-171.8, -9.2],
  TV: [179.2, -8.5], UM: [166.6, 19.3], BQ: [-68.3, 12.2], GF: [-52.3, 4.9], GP: [-61.5, 16.2], MQ: [-61, 14.6], RE: [55.5, -21.1], YT: [45.2, -12.8],
};
// Islands that are smaller than this part of the map are left out, but for a country's largest.
const ISLET = WIDTH * WIDTH * 3e-7;
// A country that is less wide and less high than this is drawn with a thick outline, to be seen at all.
const SMALL = WIDTH * 0.0028;

// Our own list of countries: CLDR has codes of former ones too.
const names = readFileSync(join(dirname(fileURLToPath(import.meta.url)), '../../src/domain/country_names.rs'), 'utf8').match(/(?<=\(")[A-Z]{2}(?=", ")/g);
const letters = new Map(names.map((code) => [codeMappings[code]._numeric, code]));
const polygons = new Map();
const add = (code, polygon) => polygons.set(code, [...(polygons.get(code) ?? []), polygon]);
for (const { id, properties, geometry } of feature(atlas, atlas.objects.countries).features) {
  const country = id ? letters.get(id) : unnumbered[properties.name];
  if (id && !country) throw new Error(`${id} ${properties.name} has no letters`);
  if (country === 'AQ') continue;
  for (const coordinates of geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates) {
    const polygon = { type: 'Polygon', coordinates };
    const [longitude, latitude] = geoCentroid(polygon);
    const part = parts.find(([of, , west, south, east, north]) => of === country && west <= longitude && longitude <= east && south <= latitude && latitude <= north);
    add(part?.[1] ?? country ?? '', polygon);
  }
}
for (const [code, coordinates] of Object.entries(points)) if (!polygons.has(code)) add(code, { type: 'Point', coordinates });

// The rings of a shape, in whole units, without points that fall together or lie on a line.
function rings(shape) {
  if (shape.type === 'Point') return [[projection(shape.coordinates).map(Math.round)]];
  const found = [];
  const context = {
    moveTo: (x, y) => found.push([[Math.round(x), Math.round(y)]]),
    lineTo(x, y) {
      const [point, ring] = [[Math.round(x), Math.round(y)], found.at(-1)];
      const [last, before] = [ring.at(-1), ring.at(-2)];
      if (point[0] === last[0] && point[1] === last[1]) return;
      if (before && (last[0] - before[0]) * (point[1] - last[1]) === (last[1] - before[1]) * (point[0] - last[0])
        && Math.sign(last[0] - before[0]) === Math.sign(point[0] - last[0]) && Math.sign(last[1] - before[1]) === Math.sign(point[1] - last[1])) ring.pop();
      ring.push(point);
    },
    closePath() {
      const ring = found.at(-1);
      if (ring.length > 1 && ring[0][0] === ring.at(-1)[0] && ring[0][1] === ring.at(-1)[1]) ring.pop();
    },
    arc() {},
  };
  geoPath(projection, context)(shape);
  return found;
}

const area = (ring) => Math.abs(ring.reduce((sum, [x, y], at) => sum + x * ring[(at + 1) % ring.length][1] - y * ring[(at + 1) % ring.length][0], 0)) / 2;
const extent = (ring) => [0, 1].map((axis) => Math.max(...ring.map((it) => it[axis])) - Math.min(...ring.map((it) => it[axis])));

// A path in relative steps, each number as short as can be.
function path(shapes) {
  let [x, y, text] = [0, 0, ''];
  const number = (value) => (value < 0 || /[a-z]$/.test(text) || text === '' ? `${value}` : ` ${value}`);
  const all = shapes.flatMap(rings);
  const largest = Math.max(...all.map(area));
  const drawn = all.filter((ring) => ring.length > 2 && (area(ring) >= ISLET || area(ring) === largest));
  // What rounding leaves nothing of is a point, once.
  for (const ring of drawn.length > 0 ? drawn : all.slice(0, 1)) {
    const [start] = ring;
    text += 'm';
    for (const point of ring) {
      text += number(point[0] - x);
      text += number(point[1] - y);
      [x, y] = point;
    }
    text += ring.length > 2 ? 'z' : 'h0';
    [x, y] = start;
  }
  const [width, height] = [0, 1].map((axis) => Math.max(...all.map((ring) => extent(ring)[axis])));
  return { text, isSmall: width < SMALL && height < SMALL };
}

const lines = [...polygons].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, shapes]) => {
  const { text, isSmall } = path(shapes);
  const id = code === '' ? '' : ` id="c${code}"`;
  return `<path${id}${isSmall ? ' stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"' : ''} d="${text}"/>`;
});
const missing = names.filter((code) => !polygons.has(code));
if (missing.length > 0) throw new Error(`not on the map: ${missing}`);
const height = Math.round(2 * MAX_Y * scale);
const all = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}">
<!-- Made by scripts/world-map from Natural Earth 1:50m (public domain, naturalearthdata.com) as in world-atlas 2.0.2 (ISC). Equal Earth, cut at 169° W. -->
<g id="land">
${lines.join('\n')}
</g>
</svg>
`;
writeFileSync(target, all.replaceAll('<path', '<path vector-effect="non-scaling-stroke"'));
