-- States of probevue (docs/state-format.md) in DuckDB: the table `elements`, and views that add up what many hosts or shards have gathered
-- (docs/stores.md). They are of one script, and where the variable says, or *.pvs here:
--
--     SET VARIABLE states = '/var/tmp/states/*.pvs';
--     .read duckdb.sql
--
-- It is an error, and `elements` is not there, where `probevue --merge` would refuse the states as well.

-- Lines, in their order. DuckDB compares the checksum of zstd.
DROP TABLE IF EXISTS elements;
CREATE OR REPLACE TEMP TABLE state_lines AS
    SELECT *, count(version) OVER (ORDER BY row) AS state, max(row) FILTER (array_name IS NOT NULL) OVER (ORDER BY row) AS head,
           sum(is_window::BIGINT) OVER (ORDER BY row) - is_window::BIGINT AS windows
    FROM (SELECT row_number() OVER () AS row, filename AS file, json AS line, (json->>'$.probevue_state') AS version, (json->>'$.array') AS array_name,
                 (json->>'$.variable') AS variable, json_exists(json, '$.k') AS is_element, (json->>'$.elements')::UBIGINT AS elements,
                 json_exists(json, '$.window') AS is_window, (json->>'$.reached')::BIGINT AS reached, (json->>'$.end')::UBIGINT AS lines
          FROM read_json_objects(coalesce(getvariable('states'), '*.pvs'), format = 'newline_delimited', compression = 'zstd', filename = true,
                                 maximum_object_size = 1073741824));

-- What each state is of.
CREATE OR REPLACE TEMP TABLE state_parts AS
    SELECT state, file, line->>'$.program' AS program, line->>'$.script' AS script, line->>'$.arguments' AS arguments, part->>'$.host' AS host,
           part->>'$.run' AS run, (part->>'$.sequence')::UBIGINT AS sequence, part->>'$.stream' AS stream,
           (part->>'$.shard')::UBIGINT AS shard, (part->>'$.shards')::UBIGINT AS shards, count(*) OVER (PARTITION BY state) AS parts
    FROM (SELECT state, file, line, unnest((line->'$.parts')::JSON[]) AS part FROM state_lines WHERE version IS NOT NULL);

-- Of several states of one session the latest counts, once; and not beside a state that it was put into.
CREATE OR REPLACE TEMP TABLE state_counts AS
    SELECT DISTINCT state FROM state_parts
    WHERE state NOT IN (
        SELECT a.state FROM state_parts a JOIN state_parts b ON a.run = b.run AND a.shard = b.shard AND a.state <> b.state
        GROUP BY a.state, b.state, a.parts, b.parts
        HAVING count(*) = a.parts AND bool_and(a.sequence <= b.sequence)
           AND (bool_or(a.sequence < b.sequence) OR a.parts < b.parts OR (a.parts = b.parts AND a.state > b.state)));

CREATE OR REPLACE TEMP TABLE state_problems AS
    -- Cut off, or not read in their order: the last line says how many come before it, the line of an array how many elements follow.
    SELECT any_value(file) || ': is no whole state' AS problem FROM state_lines GROUP BY state
    HAVING count(DISTINCT file) > 1 OR coalesce(max(version), '') <> '1' OR count(lines) <> 1 OR max(lines) <> count(*) - 1 OR arg_max_null(lines, row) IS NULL
    UNION ALL
    SELECT any_value(file) || ': has ' || count(*) FILTER (is_element) || ' elements of `' || coalesce(any_value(array_name), '') || '`, not ' || coalesce(any_value(elements), 0)
    FROM state_lines WHERE is_element OR array_name IS NOT NULL
    GROUP BY state, head HAVING count(*) FILTER (is_element) <> coalesce(any_value(elements), 0)
    UNION ALL
    SELECT 'these are states of ' || count(DISTINCT program) || ' scripts, or of several arguments: ' || string_agg(DISTINCT script || ' ' || arguments, ', ')
    FROM state_parts HAVING count(DISTINCT program) > 1 OR count(DISTINCT arguments) > 1
    UNION ALL
    SELECT string_agg(file, ' and ' ORDER BY state) || ' have parts in common, and each has others'
    FROM state_parts SEMI JOIN state_counts USING (state) GROUP BY run, shard HAVING count(*) > 1
    UNION ALL
    SELECT string_agg(file, ' and ' ORDER BY state) || ' are both of shard ' || shard || '/' || any_value(shards) || ' of one capture, by two runs'
    FROM state_parts SEMI JOIN state_counts USING (state) WHERE stream <> '' GROUP BY stream, shard HAVING count(DISTINCT run) > 1
    UNION ALL
    SELECT 'of ' || any_value(shards) || ' shards ' || count(DISTINCT shard) || ' are there, of the capture of ' || any_value(file)
    FROM state_parts SEMI JOIN state_counts USING (state) WHERE stream <> '' GROUP BY stream
    HAVING count(DISTINCT shard) <> any_value(shards) OR count(DISTINCT shards) > 1
    UNION ALL
    SELECT 'tables by connection are of several captures, and a connection may begin in one and go on in the other'
    FROM state_parts WHERE stream <> '' AND EXISTS (FROM state_lines WHERE line->>'$.class' IN ('flow', 'pair')) HAVING count(DISTINCT stream) > 1
    UNION ALL
    SELECT file || ': is no whole state' FROM glob(coalesce(getvariable('states'), '*.pvs')) ANTI JOIN state_lines USING (file);

-- An element a row, as text: keys, and the value as docs/state-format.md shows it. Values of each window, which `reached` ends, are by themselves.
CREATE TABLE elements AS
    WITH sources AS (SELECT state, any_value(program) AS program, any_value(script) AS script, string_agg(DISTINCT host, ' ' ORDER BY host) AS host
                     FROM state_parts SEMI JOIN state_counts USING (state) GROUP BY state),
         ends AS (SELECT state, windows, make_timestamp_ns(reached) AS reached FROM state_lines WHERE reached IS NOT NULL),
         heads AS (SELECT row AS head, array_name AS name, line->>'$.class' AS class, line->>'$.type' AS type FROM state_lines WHERE array_name IS NOT NULL)
    SELECT program, script, host, state, ends.reached, coalesce(variable, name) AS name, coalesce(line->>'$.class', class) AS class,
           coalesce(line->>'$.type', type) AS type, coalesce(line->>'$.k[*]', []) AS k, line->>'$.v' AS v
    FROM state_lines JOIN sources USING (state) JOIN ends USING (state, windows) LEFT JOIN heads USING (head)
    WHERE (is_element OR variable IS NOT NULL)
      AND (SELECT CASE WHEN count(*) = 0 THEN true ELSE error(string_agg(problem, '; ')) END FROM state_problems);

-- Numbers that are added to: exact, where the script itself goes round at 2^32 or 2^64.
CREATE OR REPLACE VIEW sums AS
    SELECT program, script, name, k, sum(v::HUGEINT) AS value FROM elements
    WHERE type IN ('int', 'uint') AND class IN ('free', 'window') GROUP BY ALL;

-- A list that is empty has 0 for its least and greatest number.
CREATE OR REPLACE VIEW lists AS
    SELECT program, script, name, k, sum(count) AS count, sum(sum) AS sum, coalesce(min(least) FILTER (count > 0), 0) AS min,
           coalesce(max(most) FILTER (count > 0), 0) AS max
    FROM (SELECT program, script, name, k, (v->>'$[0]')::HUGEINT AS count, (v->>'$[1]')::HUGEINT AS sum, (v->>'$[2]')::HUGEINT AS least,
                 (v->>'$[3]')::HUGEINT AS most FROM elements WHERE type = 'list' AND v IS NOT NULL)
    GROUP BY program, script, name, k;

-- Slots of ranges from the first, 0; slot -1 is what fits none.
CREATE OR REPLACE VIEW slots AS
    SELECT program, script, name, k, slot, sum(count::HUGEINT) AS count
    FROM (SELECT program, script, name, k, unnest(list_concat([v->>'$.others'], v->>'$.slots[*]')) AS count,
                 unnest(range(-1, json_array_length(v->'$.slots')::BIGINT)) AS slot
          FROM elements WHERE type = 'range' AND v IS NOT NULL)
    GROUP BY ALL;

-- Distributions: all of each, and its bins by their least number.
CREATE OR REPLACE VIEW dists AS
    SELECT program, script, name, k, sum(list_sum((v->>'$.bins[*][1]')::HUGEINT[])) AS count, sum((v->>'$.sum')::HUGEINT) AS sum,
           min((v->>'$.min')::HUGEINT) AS min, max((v->>'$.max')::HUGEINT) AS max
    FROM elements WHERE type = 'dist' AND v IS NOT NULL GROUP BY ALL;
CREATE OR REPLACE VIEW bins AS
    SELECT program, script, name, k, (bin->>'$[0]')::HUGEINT AS least, sum((bin->>'$[1]')::HUGEINT) AS count
    FROM (SELECT program, script, name, k, unnest((v->'$.bins')::JSON[]) AS bin FROM elements WHERE type = 'dist' AND v IS NOT NULL)
    GROUP BY ALL;

-- Different values: how many, as long as all states still hold each of them; null from then on, when there are registers.
CREATE OR REPLACE VIEW distincts AS
    SELECT program, script, name, k, CASE WHEN bool_and(hash IS NOT NULL) THEN count(DISTINCT hash) END AS count
    FROM (SELECT program, script, name, k, unnest(CASE WHEN json_exists(v, '$.hashes') THEN v->>'$.hashes[*]' ELSE [NULL] END) AS hash FROM elements WHERE type = 'distinct' AND v IS NOT NULL)
    GROUP BY ALL;
CREATE OR REPLACE VIEW registers AS
    WITH large AS (SELECT program, script, name, k, v FROM elements SEMI JOIN distincts ON distincts.program = elements.program AND
                          distincts.name = elements.name AND distincts.k = elements.k AND distincts.count IS NULL
                   WHERE type = 'distinct' AND v IS NOT NULL)
    SELECT program, script, name, k, register, max(value) AS value
    FROM (SELECT program, script, name, k, register,
                 16 * strpos('123456789abcdef', hex[2 * register + 1]) + strpos('123456789abcdef', hex[2 * register + 2]) AS value
          FROM (SELECT *, v->>'$.registers' AS hex FROM large), range(16384) AS numbers(register) WHERE hex IS NOT NULL
          UNION ALL -- 14 bits of a hash say which register, and the zeros before the first 1 of the other 50 its value
          SELECT program, script, name, k, hash >> 50, CASE WHEN hash & 1125899906842623 = 0 THEN 51 ELSE 51 - length(bin(hash & 1125899906842623)) END
          FROM (SELECT *, unnest((v->>'$.hashes[*]')::UBIGINT[]) AS hash FROM large))
    GROUP BY program, script, name, k, register;

-- Tables that are assigned, by connection: each key is in one state.
CREATE OR REPLACE VIEW tables AS
    SELECT program, script, name, k, type, CASE WHEN count(*) = 1 THEN any_value(v) ELSE error('`' || name || '` has ' || k::VARCHAR || ' in ' || count(*) || ' states') END AS value
    FROM elements WHERE class IN ('flow', 'pair') GROUP BY program, script, name, k, type;
