// Writes templates/locales/*/countries.ftl: the names of countries in every language, from Unicode's CLDR.
// Usage: npm install --prefix FOLDER cldr-localenames-full@48.2.0 && node scripts/lib/country-names.mjs FOLDER
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const cldr = join(process.argv[2], 'node_modules/cldr-localenames-full');
const { version } = JSON.parse(readFileSync(join(cldr, 'package.json'), 'utf8'));
const codes = readFileSync(join(root, 'src/domain/country_names.rs'), 'utf8').match(/(?<=\(")[A-Z]{2}(?=", ")/g);
// The common form where CLDR's first is a formal one or one that helps nobody to know it.
const preferred = { CD: 'CD-alt-variant', CG: 'CG-alt-variant', HK: 'HK-alt-short', MM: 'MM-alt-short', MO: 'MO-alt-short', PS: 'PS-alt-short' };

for (const language of readdirSync(join(root, 'templates/locales')).filter((name) => !name.startsWith('LICENSE'))) {
  // CLDR's Portuguese is Brazil's.
  const folder = language === 'pt-BR' ? 'pt' : language;
  const file = JSON.parse(readFileSync(join(cldr, 'main', folder, 'territories.json'), 'utf8'));
  const names = file.main[folder].localeDisplayNames.territories;
  const lines = codes.map((code) => `country-${code} = ${names[preferred[code]] ?? names[code]}`);
  const head = [
    `# Names of countries. Made by scripts/lib/country-names.mjs from Unicode CLDR ${version}, of which it is a copy in part.`,
    '# Copyright © 2004-2026 Unicode, Inc. Licence: Unicode-3.0, see LICENSE-unicode beside the folders.',
    '',
  ];
  writeFileSync(join(root, 'templates/locales', language, 'countries.ftl'), [...head, ...lines, ''].join('\n'));
}
