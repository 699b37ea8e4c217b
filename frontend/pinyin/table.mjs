// Writes kefu_admin/data/pinyin.txt: one line per syllable without tone, "syllable characters".
// A character stands on the line of every reading in use, and of its reading as a surname.

import { readFileSync, writeFileSync } from "node:fs";
import { pinyin, polyphonic } from "pinyin-pro";

const FROM = new URL("node_modules/pinyin-pro/", import.meta.url);
const BLOCKS = [[0x3007, 0x3007], [0x3400, 0x4dbf], [0x4e00, 0x9fff]];
const SYLLABLE = /^(?=.*[aeiouv])[a-z]+$/;

const lines = new Map();
for (const [first, last] of BLOCKS) {
  for (let code = first; code <= last; code += 1) {
    const character = String.fromCodePoint(code);
    const options = { toneType: "none", type: "array", v: true };
    const surname = pinyin(character, { ...options, mode: "surname" });
    for (const syllable of new Set([...polyphonic(character, options)[0], ...surname])) {
      if (!SYLLABLE.test(syllable)) continue;
      lines.set(syllable, (lines.get(syllable) ?? "") + character);
    }
  }
}
const written = [...lines.keys()].sort().map((syllable) => `${syllable} ${lines.get(syllable)}\n`);
const target = new URL("../../kefu_admin/data/pinyin.txt", import.meta.url);
const { name, version } = JSON.parse(readFileSync(new URL("package.json", FROM), "utf-8"));
const licence = readFileSync(new URL("LICENSE", FROM), "utf-8").trim().split("\n");
const head = [`Made from ${name} ${version} by frontend/pinyin/table.mjs.`, "", ...licence];
const comment = head.map((line) => `# ${line}`.trim() + "\n").join("");
writeFileSync(target, comment + written.join(""));
