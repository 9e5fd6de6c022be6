package main

import (
	"os"

	"github.com/misskeyactor/misskeyactor/spec"
)

const schemaUsage = `misskeygen schema [flags]

Prints the JSON Schema of spec files, by which an editor with a YAML language
server completes keys, describes them and marks what is wrong. A file says
where the schema is in its first line:

  # yaml-language-server: $schema=schema.json

What only the whole spec can show, such as a type that nothing declares, is for
generate and check to find.

  -o FILE  the file to write, instead of standard output

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
		return os.WriteFile(out, spec.Schema(), 0o666)
	}
	_, err := c.stdout.Write(spec.Schema())
	return err
}
