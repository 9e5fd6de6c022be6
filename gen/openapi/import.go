package openapi

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/internal/seed"
	"github.com/misskeyactor/misskeyactor/spec"
)

// Options direct an Import. The zero value imports every schema.
type Options struct {
	// Roots names the schemas to begin with; what they use comes along, and
	// nothing else. The order counts: types are printed as they are met, and
	// a type that several fields share is named after the first of them.
	// Without roots every schema is imported, in the document's order.
	Roots []string
	// Report, if not nil, is overwritten with what the import left out.
	Report *Report
}

// Import reads an OpenAPI 3.1 document in JSON and returns its schemas as the
// types section of a spec, in YAML. The same document and options give the
// same bytes.
//
// Inline objects, enums and unions get names, from the type and the field they
// stand in, or from an earlier one with the same content. Strings of the
// format id become typed ids, by the name of their field. A choice of objects
// becomes a union when an enum in a common property tells them apart.
//
// The document's faults come as *Error, all that were found joined into one
// error; without them the output is complete but for what Options.Report says.
// An error of r is returned as it is.
func Import(r io.Reader, opts Options) ([]byte, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("read OpenAPI document: %w", err)
	}
	root, err := parse(data)
	if err != nil {
		return nil, err
	}
	b := newBuilder()
	types := b.build(root, opts.Roots)
	if opts.Report != nil {
		*opts.Report = Report{Types: len(types), Notes: b.notes}
	}
	if len(b.faults) > 0 {
		return nil, errors.Join(b.faults...)
	}
	return seed.Types(types), nil
}

// build declares the roots, and whatever a declared type uses, until nothing
// new turns up. Ids come first.
func (b *builder) build(root *node, roots []string) []*spec.Type {
	schemas := b.declareAll(root)
	if schemas == nil {
		return nil
	}
	if roots == nil {
		roots = schemas.keys
	}
	for _, name := range roots {
		if d := b.schemas[name]; d != nil {
			b.use(d)
			continue
		}
		b.fault(schemas.at(name), "is not there, and named as a root")
	}
	for len(b.queue) > 0 {
		next := b.queue[0]
		b.queue = b.queue[1:]
		b.fill(next)
	}
	return append(b.ids, b.types...)
}

// declareAll finds the schemas of a document and gives each its name; nil when
// it has none that can be read.
func (b *builder) declareAll(root *node) *node {
	if version := root.get("openapi").text(); !strings.HasPrefix(version, "3.1.") {
		b.fault(root.at("openapi"), "is %s; only OpenAPI 3.1 is understood", quoteOr(version, "not given"))
		return nil
	}
	schemas := root.get("components").get("schemas")
	if schemas.kind() != object {
		b.fault("/components/schemas", "is not there or no object")
		return nil
	}
	b.declare(schemas)
	return schemas
}
