-- States of probevue (docs/state-format.md) in ClickHouse: the table `elements`, and views that add up what many hosts or shards have gathered
-- (docs/stores.md). `states` is where the states of one script are, below `user_files_path` where a server reads them:
--
--     clickhouse-local --path states.db --param_states='/var/tmp/states/*.pvs' --queries-file clickhouse.sql
--
-- It is an error, and `elements` is not there, where `probevue --merge` would refuse the states as well: `SELECT * FROM state_problems` says why.

DROP TABLE IF EXISTS elements;
DROP TABLE IF EXISTS state_lines;
DROP TABLE IF EXISTS state_parts;
DROP TABLE IF EXISTS state_counts;
DROP TABLE IF EXISTS state_problems;

-- Lines, in their order; a file without any has one that is empty. ClickHouse compares the checksum of zstd.
CREATE TABLE state_lines ENGINE = Memory AS
    SELECT *, sum(version != '') OVER (ORDER BY row) AS state, max(if(array_name != '', row, 0)) OVER (ORDER BY row) AS head,
           sum(is_window) OVER (ORDER BY row) - is_window AS windows
    FROM (SELECT row_number() OVER (ORDER BY file, number) AS row, file, line, JSONExtractRaw(line, 'probevue_state') AS version,
                 JSONExtractString(line, 'array') AS array_name, JSONExtractString(line, 'variable') AS variable, JSONHas(line, 'k') AS is_element,
                 JSONExtractUInt(line, 'elements') AS elements, JSONHas(line, 'window') AS is_window, JSONHas(line, 'reached') AS is_reached,
                 JSONHas(line, 'end') AS is_end
          FROM (SELECT _path AS file, _row_number AS number, line FROM file({states:String}, 'LineAsString', 'line String', 'zstd')
                UNION ALL
                SELECT _path, NULL, '' FROM file({states:String}, 'One')
                WHERE _path NOT IN (SELECT _path FROM file({states:String}, 'LineAsString', 'line String', 'zstd'))));

-- What each state is of.
CREATE TABLE state_parts ENGINE = Memory AS
    SELECT state, file, JSONExtractString(line, 'program') AS program, JSONExtractString(line, 'script') AS script, JSONExtractRaw(line, 'arguments') AS arguments,
           JSONExtractString(part, 'host') AS host, JSONExtractString(part, 'run') AS run, JSONExtractUInt(part, 'sequence') AS sequence,
           JSONExtractString(part, 'stream') AS stream, JSONExtractUInt(part, 'shard') AS shard, JSONExtractUInt(part, 'shards') AS shards,
           count() OVER (PARTITION BY state) AS parts
    FROM state_lines ARRAY JOIN JSONExtractArrayRaw(line, 'parts') AS part WHERE version != '';

-- Of several states of one session the latest counts, once; and not beside a state that it was put into.
CREATE TABLE state_counts ENGINE = Memory AS
    SELECT DISTINCT state FROM state_parts
    WHERE state NOT IN (
        SELECT a.state FROM state_parts AS a JOIN state_parts AS b ON a.run = b.run AND a.shard = b.shard WHERE a.state != b.state
        GROUP BY a.state, b.state, a.parts, b.parts
        HAVING count() = a.parts AND min(a.sequence <= b.sequence)
           AND (max(a.sequence < b.sequence) OR a.parts < b.parts OR (a.parts = b.parts AND a.state > b.state)));

CREATE TABLE state_problems ENGINE = Memory AS
    -- Cut off, or not read in their order: the last line says how many come before it, the line of an array how many elements follow.
    SELECT concat(any(file), ': is no whole state') AS problem FROM state_lines GROUP BY state
    HAVING uniqExact(file) > 1 OR max(version) != '1' OR sum(is_end) != 1 OR NOT argMax(is_end, row)
        OR max(JSONExtractUInt(line, 'end')) != count() - 1
    UNION ALL
    SELECT concat(any(file), ': has ', toString(sum(is_element)), ' elements of `', max(array_name), '`, not ', toString(max(elements)))
    FROM state_lines WHERE is_element OR array_name != '' GROUP BY state, head HAVING sum(is_element) != max(elements)
    UNION ALL
    SELECT concat('these are states of ', toString(uniqExact(program)), ' scripts, or of several arguments: ',
                  arrayStringConcat(groupUniqArray(concat(script, ' ', arguments)), ', '))
    FROM state_parts HAVING uniqExact(program) > 1 OR uniqExact(arguments) > 1
    UNION ALL
    SELECT concat(arrayStringConcat(groupArray(file), ' and '), ' have parts in common, and each has others')
    FROM state_parts WHERE state IN (SELECT state FROM state_counts) GROUP BY run, shard HAVING count() > 1
    UNION ALL
    SELECT concat(arrayStringConcat(groupArray(file), ' and '), ' are both of shard ', toString(shard), '/', toString(any(shards)), ' of one capture, by two runs')
    FROM state_parts WHERE state IN (SELECT state FROM state_counts) AND stream != '' GROUP BY stream, shard HAVING uniqExact(run) > 1
    UNION ALL
    SELECT concat('of ', toString(any(shards)), ' shards ', toString(uniqExact(shard)), ' are there, of the capture of ', any(file))
    FROM state_parts WHERE state IN (SELECT state FROM state_counts) AND stream != '' GROUP BY stream
    HAVING uniqExact(shard) != any(shards) OR uniqExact(shards) > 1
    UNION ALL
    SELECT 'tables by connection are of several captures, and a connection may begin in one and go on in the other'
    FROM state_parts WHERE stream != '' AND (SELECT count() FROM state_lines WHERE JSONExtractString(line, 'class') IN ('flow', 'pair')) > 0
    HAVING uniqExact(stream) > 1
    UNION ALL
    SELECT 'there are no states' FROM state_parts HAVING count() = 0;

-- An element a row, as text: keys, and the value as docs/state-format.md shows it. Values of each window, which `reached` ends, are by themselves.
CREATE TABLE elements ENGINE = MergeTree ORDER BY (name, k) AS
    WITH sources AS (SELECT state, any(program) AS program, any(script) AS script, arrayStringConcat(arraySort(groupUniqArray(host)), ' ') AS host
                     FROM state_parts WHERE state IN (SELECT state FROM state_counts) GROUP BY state),
         ends AS (SELECT state, windows, fromUnixTimestamp64Nano(JSONExtractInt(line, 'reached'), 'UTC') AS reached FROM state_lines WHERE is_reached),
         heads AS (SELECT row AS head, array_name, JSONExtractString(line, 'class') AS class, JSONExtractString(line, 'type') AS type
                   FROM state_lines WHERE array_name != '')
    SELECT sources.program AS program, sources.script AS script, sources.host AS host, lines.state AS state, ends.reached AS reached,
           if(lines.is_element, heads.array_name, lines.variable) AS name, if(lines.is_element, heads.class, JSONExtractString(lines.line, 'class')) AS class,
           if(lines.is_element, heads.type, JSONExtractString(lines.line, 'type')) AS type,
           arrayMap(one -> if(startsWith(one, '"'), JSONExtractString(one), one), JSONExtractArrayRaw(lines.line, 'k')) AS k,
           if(startsWith(JSONExtractRaw(lines.line, 'v'), '"'), JSONExtractString(lines.line, 'v'), nullIf(JSONExtractRaw(lines.line, 'v'), 'null')) AS v
    FROM state_lines AS lines JOIN sources ON sources.state = lines.state JOIN ends ON ends.state = lines.state AND ends.windows = lines.windows
         LEFT JOIN heads ON heads.head = lines.head
    WHERE (lines.is_element OR lines.variable != '')
      AND (SELECT throwIf(count() > 0, 'the states cannot be added up: SELECT * FROM state_problems') FROM state_problems) = 0;

-- Numbers that are added to: exact, where the script itself goes round at 2^32 or 2^64.
CREATE OR REPLACE VIEW sums AS
    SELECT program, script, name, k, sum(toInt128(v)) AS value FROM elements
    WHERE type IN ('int', 'uint') AND class IN ('free', 'window') GROUP BY program, script, name, k;

-- A list that is empty has 0 for its least and greatest number.
CREATE OR REPLACE VIEW lists AS
    SELECT program, script, name, k, sum(parts[1]) AS count, sum(parts[2]) AS sum, minIf(parts[3], parts[1] > 0) AS min, maxIf(parts[4], parts[1] > 0) AS max
    FROM (SELECT program, script, name, k, arrayMap(one -> toInt128(one), JSONExtractArrayRaw(assumeNotNull(v))) AS parts
          FROM elements WHERE type = 'list' AND v IS NOT NULL)
    GROUP BY program, script, name, k;

-- Slots of ranges from the first, 0; slot -1 is what fits none.
CREATE OR REPLACE VIEW slots AS
    SELECT program, script, name, k, slot, sum(toInt128(one)) AS count
    FROM (SELECT program, script, name, k, arrayConcat([JSONExtractRaw(assumeNotNull(v), 'others')], JSONExtractArrayRaw(assumeNotNull(v), 'slots')) AS counts
          FROM elements WHERE type = 'range' AND v IS NOT NULL)
    ARRAY JOIN counts AS one, arrayMap(at -> at - 2, arrayEnumerate(counts)) AS slot GROUP BY program, script, name, k, slot;

-- Distributions: all of each, and its bins by their least number.
CREATE OR REPLACE VIEW dists AS
    SELECT program, script, name, k, sum(arraySum(arrayMap(bin -> toInt128(JSONExtractArrayRaw(bin)[2]), JSONExtractArrayRaw(text, 'bins')))) AS count,
           sum(toInt128(JSONExtractRaw(text, 'sum'))) AS sum, min(toInt128(JSONExtractRaw(text, 'min'))) AS min, max(toInt128(JSONExtractRaw(text, 'max'))) AS max
    FROM (SELECT program, script, name, k, assumeNotNull(v) AS text FROM elements WHERE type = 'dist' AND v IS NOT NULL)
    GROUP BY program, script, name, k;
CREATE OR REPLACE VIEW bins AS
    SELECT program, script, name, k, toInt128(JSONExtractArrayRaw(bin)[1]) AS least, sum(toInt128(JSONExtractArrayRaw(bin)[2])) AS count
    FROM (SELECT program, script, name, k, arrayJoin(JSONExtractArrayRaw(assumeNotNull(v), 'bins')) AS bin FROM elements WHERE type = 'dist' AND v IS NOT NULL)
    GROUP BY program, script, name, k, least;

-- Different values: how many, as long as all states still hold each of them; null from then on, when there are registers.
CREATE OR REPLACE VIEW distincts AS
    SELECT program, script, name, k, if(min(JSONHas(text, 'hashes')), toNullable(length(groupUniqArrayArray(JSONExtractArrayRaw(text, 'hashes')))), NULL) AS count
    FROM (SELECT program, script, name, k, assumeNotNull(v) AS text FROM elements WHERE type = 'distinct' AND v IS NOT NULL)
    GROUP BY program, script, name, k;
CREATE OR REPLACE VIEW registers AS
    WITH large AS (SELECT program, script, name, k, assumeNotNull(v) AS text FROM elements
                   WHERE type = 'distinct' AND v IS NOT NULL AND (program, name, k) IN (SELECT program, name, k FROM distincts WHERE count IS NULL))
    SELECT program, script, name, k, register, max(rank) AS value
    FROM (SELECT program, script, name, k, toUInt64(register) AS register, reinterpretAsUInt8(substring(bytes, register + 1, 1)) AS rank
          FROM (SELECT *, unhex(JSONExtractString(text, 'registers')) AS bytes FROM large) ARRAY JOIN range(16384) AS register WHERE bytes != ''
          UNION ALL -- 14 bits of a hash say which register, and the zeros before the first 1 of the other 50 its value
          SELECT program, script, name, k, bitShiftRight(hash, 50),
                 toUInt8(if(bits = 0, 51, 50 - length(bin(bits)) + position(bin(bits), '1')))
          FROM (SELECT *, arrayJoin(JSONExtract(text, 'hashes', 'Array(UInt64)')) AS hash, bitAnd(hash, 1125899906842623) AS bits FROM large))
    GROUP BY program, script, name, k, register;

-- Tables that are assigned, by connection: each key is in one state.
CREATE OR REPLACE VIEW tables AS
    SELECT program, script, name, k, type, if(throwIf(count() > 1, 'an element of a table is in two states') = 0, any(v), NULL) AS value
    FROM elements WHERE class IN ('flow', 'pair') GROUP BY program, script, name, k, type;
