package main

import (
	"bytes"

	"github.com/misskeyactor/misskeyactor/spec"
)

const schemaUsage = `misskeygen schema [flags]

Prints the JSON Schema of spec files, by which an editor with a YAML language
server completes keys, describes them and marks what is wrong. A file says
where the schema is in its first line:

  # yaml-language-server: $schema=schema.json

What only the whole spec can show, such as a type that nothing declares, is for
generate and check to find.

  -markdown  a page for people instead: an introduction to the format with
             examples, and every key with what it takes and what it says
  -o FILE    the file to write, instead of standard output. One that is there
             and is no such schema, or no such page, is left as it is.

  misskeygen schema -o schema.json
  misskeygen schema -markdown -o FORMAT.md
`

func schema(c *task) error {
	var out string
	var markdown bool
	flags := c.flags()
	flags.StringVar(&out, "o", "", "")
	flags.BoolVar(&markdown, "markdown", false, "")
	if err := c.parse(flags, 0, 0, ""); err != nil {
		return err
	}
	text, kind, ours := spec.Schema(), "schema of misskeygen", isSchema
	if markdown {
		text, kind, ours = spec.Manual(), "page of misskeygen schema", isManual
	}
	if out != "" {
		return writeOver(out, text, kind, ours)
	}
	_, err := c.stdout.Write(text)
	return err
}

// isManual reports whether a file explains the format of specs, of whichever
// version.
func isManual(text []byte) bool { return bytes.HasPrefix(text, []byte(spec.ManualTitle+"\n")) }

// isSchema reports whether a file is a schema of specs, of whichever version.
func isSchema(text []byte) bool {
	return bytes.Contains(text, []byte(`"title": "`+spec.SchemaTitle+`"`))
}
