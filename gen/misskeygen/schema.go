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

  -o FILE  the file to write, instead of standard output. One that is there and
           is no such schema is left as it is.

  misskeygen schema -o schema.json
`

func schema(c *task) error {
	var out string
	flags := c.flags()
	flags.StringVar(&out, "o", "", "")
	if err := c.parse(flags, 0, 0, ""); err != nil {
		return err
	}
	if out != "" {
		return writeOver(out, spec.Schema(), "schema of misskeygen", isSchema)
	}
	_, err := c.stdout.Write(spec.Schema())
	return err
}

// isSchema reports whether a file is a schema of specs, of whichever version.
func isSchema(text []byte) bool {
	return bytes.Contains(text, []byte(`"title": "`+spec.SchemaTitle+`"`))
}
