-- Several values in one text, joined by semicolons.
CREATE TEMP MACRO split_values(said) AS list_transform(string_split(said, ';'), lambda x: trim(x));
