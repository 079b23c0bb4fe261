// Runs statements in DuckDB or ClickHouse, and prints what they answer: a row a line, as JSON.
// usage: node stores.mjs duckdb|clickhouse FOLDER STATEMENT|@FILE...    FOLDER has node_modules
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [engine, folder, ...given] = process.argv.slice(2);
const require = createRequire(`${folder}/index.js`);

// One statement each: both end with a semicolon at the end of a line in our files.
function* statements() {
    for (const one of given) {
        const text = one.startsWith("@") ? readFileSync(one.slice(1), "utf8") : one;
        for (const statement of text.replace(/^ *--.*$/gm, "").split(/;\s*(?:\n|$)/)) if (statement.trim()) yield [statement.trim(), !one.startsWith("@")];
    }
}

let run;
if (engine === "duckdb") {
    const { DuckDBInstance } = require("@duckdb/node-api");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    run = async (statement) => (await connection.runAndReadAll(statement)).getRowsJson();
} else {
    const { Session } = require("chdb");
    const session = new Session();
    session.query("SET output_format_json_quote_64bit_integers = 1");
    run = async (statement) => session.query(statement, "JSONCompactEachRow").split("\n").filter(Boolean).map((row) => JSON.parse(row));
    process.on("exit", () => session.cleanup());
}
// All numbers as text: these are not to go through doubles here either.
const text = (value) => (value === null ? null : Array.isArray(value) ? value.map(text) : String(value));
try {
    for (const [statement, shown] of statements()) {
        const rows = await run(statement);
        if (shown && /^(select|from|with)\b/i.test(statement)) for (const row of rows) console.log(JSON.stringify(row.map(text)));
    }
} catch (error) {
    console.error(String(error.message ?? error));
    process.exit(1);
}
