-- Text as a cell holds it: no control characters, markup escaped, cut with an ellipsis at the 32,767 UTF-16 units that Excel allows.
CREATE OR REPLACE TEMP MACRO astral_count(said) AS length(regexp_replace(said, '[^\x{10000}-\x{10FFFF}]', '', 'g'));
CREATE OR REPLACE TEMP MACRO fitting(said) AS CASE
    WHEN length(said) <= 16383 THEN said
    WHEN length(said) + astral_count(said) <= 32767 THEN said
    ELSE left(said, 32766 - least(16383, astral_count(left(said, 32766)))) || '…'
END;
-- Excel reads _x0041_ as the character of that number: what looks like one keeps its underscore.
CREATE OR REPLACE TEMP MACRO cell_text(said) AS
    replace(replace(replace(
        regexp_replace(
            -- by a list, as a macro would repeat the text that it is given at every place where it names it
            list_transform([regexp_replace(
                replace(replace(said, chr(13) || chr(10), chr(10)), chr(13), chr(10)), '[\x00-\x08\x0B-\x1F\x7F\x{FFFE}\x{FFFF}]', '', 'g')],
                lambda t: fitting(t))[1],
            '(_x[0-9A-Fa-f]{4}_)', '_x005F\1', 'g'),
        '&', '&amp;'), '<', '&lt;'), '>', '&gt;');
-- A cell says no place of its own, which the format allows: it stands after the one before, and an empty one is there too.
-- concat makes its text at once, || piece by piece. Type str holds its text in 22 bytes where inlineStr takes 36.
CREATE OR REPLACE TEMP MACRO plain_cell(said) AS CASE
    WHEN starts_with(said, ' ') OR ends_with(said, ' ') THEN concat('<c t="inlineStr"><is><t xml:space="preserve">', said, '</t></is></c>')
    WHEN said <> '' THEN concat('<c t="str"><v>', said, '</v></c>')
    ELSE '<c/>'
END;
CREATE OR REPLACE TEMP MACRO text_cell(said) AS CASE
    WHEN said IS NULL OR strlen(said) <= 16383 AND NOT regexp_matches(said, '[\x00-\x1F\x7F&<>\x{FFFE}\x{FFFF}]|_x') THEN plain_cell(said)
    ELSE concat('<c t="inlineStr"><is><t xml:space="preserve">', cell_text(said), '</t></is></c>')
END;
-- True where the texts of a row, one after the other, can be cells as they are: short, without markup, control characters and Excel's escapes.
CREATE OR REPLACE TEMP MACRO plain_text(texts) AS NOT (
    strlen(texts) > 16383
    OR contains(texts, '&') OR contains(texts, '<') OR contains(texts, '>') OR contains(texts, '_x')
    OR contains(texts, chr(127)) OR contains(texts, chr(65534)) OR contains(texts, chr(65535))
    OR contains(texts, chr(8)) OR contains(texts, chr(9)) OR contains(texts, chr(10)) OR contains(texts, chr(12)) OR contains(texts, chr(13))
    -- so JSON writes the other control characters
    OR contains(to_json(texts)::VARCHAR, '\u00')
);
CREATE OR REPLACE TEMP MACRO number_cell(said) AS CASE WHEN isfinite(said::DOUBLE) THEN concat('<c><v>', said, '</v></c>') ELSE '<c/>' END;
CREATE OR REPLACE TEMP MACRO truth_cell(said) AS
    CASE said WHEN true THEN '<c t="b"><v>1</v></c>' WHEN false THEN '<c t="b"><v>0</v></c>' ELSE '<c/>' END;
-- Excel counts days from 1900, and wrongly before March; earlier days are text.
CREATE OR REPLACE TEMP MACRO day_cell(said, style) AS CASE
    WHEN said >= DATE '1900-03-01' THEN concat('<c s="', style, '"><v>', said - DATE '1899-12-30', '</v></c>')
    ELSE plain_cell(said::VARCHAR)
END;
CREATE OR REPLACE TEMP MACRO moment_cell(said, style) AS CASE
    WHEN said >= TIMESTAMP '1900-03-01' THEN
        concat('<c s="', style, '"><v>', round(epoch(said) / 86400 + 25569, 8), '</v></c>')
    ELSE plain_cell(said::VARCHAR)
END;
