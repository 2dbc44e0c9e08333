// What podcast-partytime (the Podcast Index's parser) and podparse read in a feed, as JSON.
// node read.cjs FOLDER-OF-NODE_MODULES FEED RESULT
const { readFileSync, writeFileSync } = require("node:fs");
const { createRequire } = require("node:module");
const path = require("node:path");

const [folder, feed, result] = process.argv.slice(2);
const take = createRequire(path.join(path.resolve(folder), "package.json"));
const xml = readFileSync(feed, "utf8");
const partytime = take("podcast-partytime").parseFeed(xml);
const podparse = take("podparse")(xml);
writeFileSync(result, JSON.stringify({ partytime, podparse }));
