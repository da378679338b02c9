// Where people live, what they speak, and by which clock. Only countries whose cities the databases of places know well.

/** Each: its share of the users, lists of languages as browsers send them with their weights, and its zones by longitude. */
export const COUNTRIES = {
  US: {
    share: 16,
    languages: [
      [["en-US", "en"], 8],
      [["es-US", "es", "en"], 1],
      [["en-US", "en", "es"], 1],
    ],
    zones: [
      ["America/Los_Angeles", -120],
      ["America/Denver", -106],
      ["America/Chicago", -90],
      ["America/New_York", -76],
    ],
  },
  CA: {
    share: 4,
    languages: [
      [["en-CA", "en-US", "en"], 7],
      [["fr-CA", "fr", "en"], 3],
    ],
    zones: [
      ["America/Vancouver", -123],
      ["America/Toronto", -79],
    ],
  },
  MX: {
    share: 3,
    languages: [
      [["es-MX", "es", "en"], 4],
      [["es-419", "es", "en"], 1],
    ],
    zones: [["America/Mexico_City", -99]],
  },
  BR: {
    share: 7,
    languages: [
      [["pt-BR", "pt", "en-US", "en"], 9],
      [["en-US", "en", "pt"], 1],
    ],
    zones: [
      ["America/Sao_Paulo", -46],
      ["America/Manaus", -60],
    ],
  },
  GB: {
    share: 9,
    languages: [
      [["en-GB", "en-US", "en"], 6],
      [["en-GB", "en"], 4],
    ],
    zones: [["Europe/London", 0]],
  },
  DE: {
    share: 10,
    languages: [
      [["de-DE", "de", "en-US", "en"], 7],
      [["de", "en-US", "en"], 2],
      [["en-US", "en", "de"], 1],
    ],
    zones: [["Europe/Berlin", 10]],
  },
  FR: {
    share: 7,
    languages: [
      [["fr-FR", "fr", "en-US", "en"], 7],
      [["fr", "fr-FR", "en-US", "en"], 3],
    ],
    zones: [["Europe/Paris", 2]],
  },
  ES: {
    share: 5,
    languages: [
      [["es-ES", "es", "en"], 7],
      [["ca-ES", "ca", "es", "en"], 2],
      [["es", "en"], 1],
    ],
    zones: [["Europe/Madrid", -3]],
  },
  IT: { share: 4, languages: [[["it-IT", "it", "en-US", "en"], 1]], zones: [["Europe/Rome", 12]] },
  NL: {
    share: 4,
    languages: [
      [["nl-NL", "nl", "en-US", "en"], 6],
      [["en-US", "en", "nl"], 4],
    ],
    zones: [["Europe/Amsterdam", 5]],
  },
  PL: { share: 5, languages: [[["pl-PL", "pl", "en-US", "en"], 1]], zones: [["Europe/Warsaw", 20]] },
  SE: {
    share: 5,
    languages: [
      [["sv-SE", "sv", "en-US", "en"], 7],
      [["en-US", "en", "sv"], 3],
    ],
    zones: [["Europe/Stockholm", 16]],
  },
  FI: {
    share: 7,
    languages: [
      [["fi-FI", "fi", "en-US", "en"], 6],
      [["fi", "en"], 2],
      [["sv-FI", "sv", "fi", "en"], 1],
      [["en-US", "en", "fi"], 2],
    ],
    zones: [["Europe/Helsinki", 25]],
  },
  IN: {
    share: 7,
    languages: [
      [["en-IN", "en-GB", "en"], 5],
      [["en-IN", "hi", "en"], 3],
      [["en-US", "en"], 2],
    ],
    zones: [["Asia/Kolkata", 78]],
  },
  PH: {
    share: 3,
    languages: [
      [["en-PH", "fil", "en"], 5],
      [["en-US", "en"], 5],
    ],
    zones: [["Asia/Manila", 121]],
  },
  JP: {
    share: 4,
    languages: [
      [["ja", "en-US", "en"], 5],
      [["ja-JP", "ja", "en-US", "en"], 3],
    ],
    zones: [["Asia/Tokyo", 139]],
  },
  AU: {
    share: 4,
    languages: [
      [["en-AU", "en"], 3],
      [["en-AU", "en-US", "en"], 2],
      [["en-GB", "en"], 1],
    ],
    zones: [
      ["Australia/Perth", 116],
      ["Australia/Sydney", 150],
    ],
  },
  ZA: {
    share: 2,
    languages: [
      [["en-ZA", "en"], 3],
      [["en-US", "en", "af"], 1],
    ],
    zones: [["Africa/Johannesburg", 28]],
  },
  // From here on only travellers' goals and strangers' homes.
  TR: { share: 0, languages: [[["tr-TR", "tr", "en-US", "en"], 1]], zones: [["Europe/Istanbul", 29]] },
  UA: { share: 0, languages: [[["uk-UA", "uk", "ru", "en"], 1]], zones: [["Europe/Kiev", 30]] },
  RU: { share: 0, languages: [[["ru-RU", "ru", "en-US", "en"], 1]], zones: [["Europe/Moscow", 38]] },
  RO: { share: 0, languages: [[["ro-RO", "ro", "en-US", "en"], 1]], zones: [["Europe/Bucharest", 26]] },
  NG: {
    share: 0,
    languages: [
      [["en-NG", "en"], 1],
      [["en-US", "en"], 1],
    ],
    zones: [["Africa/Lagos", 4]],
  },
  VN: { share: 0, languages: [[["vi-VN", "vi", "en-US", "en"], 1]], zones: [["Asia/Ho_Chi_Minh", 107]] },
  ID: { share: 0, languages: [[["id-ID", "id", "en-US", "en"], 1]], zones: [["Asia/Jakarta", 107]] },
  CN: { share: 0, languages: [[["zh-CN", "zh", "en"], 1]], zones: [["Asia/Shanghai", 117]] },
  TH: { share: 0, languages: [[["th-TH", "th", "en"], 1]], zones: [["Asia/Bangkok", 101]] },
};

/** Where strangers sit who work at a distance. */
export const FAR = ["RU", "UA", "RO", "NG", "VN", "ID", "CN", "TR", "BR", "IN", "US", "NL"];

/** The zone of a country whose longitude is nearest. */
export function zoneOf(country, longitude) {
  const distance = ([, at]) => Math.abs(at - longitude);
  return COUNTRIES[country].zones.reduce((best, zone) => (distance(zone) < distance(best) ? zone : best))[0];
}
