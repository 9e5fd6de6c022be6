package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/tools/txtar"
)

func TestEveryKeyIsDescribed(t *testing.T) {
	for _, sh := range shapes() {
		if !strings.HasSuffix(sh.doc, ".") {
			t.Errorf("%s is described as %q", sh.name, sh.doc)
		}
		for _, k := range sh.keys {
			if !strings.HasSuffix(k.doc, ".") || k.need != "" && !strings.HasSuffix(k.need, ".") {
				t.Errorf("%s.%s is described as %q, and asked for with %q", sh.name, k.name, k.doc, k.need)
			}
			for _, other := range slices.Concat(k.with, k.excludes, sh.anyOf) {
				if sh.key(other) == nil {
					t.Errorf("%s.%s speaks of %s, which is no key of it", sh.name, k.name, other)
				}
			}
		}
	}
}

// TestSchemaTakesWhatLoadTakes holds every file that loads against the schema.
func TestSchemaTakesWhatLoadTakes(t *testing.T) {
	schema := compile(t)
	takes := func(name string, text []byte) {
		t.Helper()
		if err := schema.Validate(plainOf(parsed(t, name, text))); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	count := 0
	for _, pattern := range []string{"misskey/*.yaml", "dialects/*.yaml", "testdata/*.yaml", "testdata/every/*.yaml", "../gen/internal/*/spec/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			takes(name, text)
			count++
		}
	}
	for _, file := range archives(t) {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if path.Dir(f.Name) == "near" {
				takes(file+": "+f.Name, f.Data)
				count++
			}
		}
	}
	for _, e := range Explanations() {
		if e.Right != "" {
			takes(string(e.Code), []byte(e.Right))
		}
	}
	if count < 30 {
		t.Errorf("there were only %d files", count)
	}
}

// shapeCodes are the codes of faults in the shape of one file, which the
// schema has to find as well.
var shapeCodes = []Code{
	CodeEmpty, CodeWrongKind, CodeUnknownKey, CodeMissingKey, CodeBadWord, CodeBadVersion, CodeBadQuantity, CodeBadName,
	CodeConflict, CodeBadType, CodeUnion,
}

// notInSchema are faults of these codes that no schema can find, by archive
// and position, each with the reason. Every one of them must be missed.
var notInSchema = map[string]string{
	"SP007-empty comment.yaml:1:1":        "a file without a value is null to some parsers and nothing to others",
	"SP007-empty nothing.yaml:1:1":        "a file without a value is null to some parsers and nothing to others",
	"SP008-kind a.yaml:12:44":             "to JSON every key is a string",
	"SP010-missing-key a.yaml:1:1":        "what the whole must have may stand in another file",
	"quiet-patch a.yaml:1:1":              "what the whole must have may stand in another file",
	"SP013-version a.yaml:5:54":           "what was checked may stand in another file",
	"SP014-quantity base.yaml:2:52":       "a pattern cannot add durations up",
	"SP025-union a.yaml:4:29":             "a schema cannot compare a key with a value",
	"SP025-union a.yaml:5:44":             "a schema cannot compare a key with a value",
	"SP016-conflict a.yaml:10:45":         "a schema does not look at one value because of another",
	"SP016-conflict a.yaml:11:56":         "a schema does not look at one value because of another",
	"SP017-type-expression a.yaml:21:142": "a pattern cannot count brackets",
}

// TestSchemaRefusesWhatLoadRefuses looks for each fault of shape in the
// negative corpora for one of the schema at the same place.
func TestSchemaRefusesWhatLoadRefuses(t *testing.T) {
	schema := compile(t)
	base, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	met, found := map[string]bool{}, 0
	for _, file := range archives(t) {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		files := fstest.MapFS{"base.yaml": {Data: base}}
		for _, f := range archive.Files {
			if dir := path.Dir(f.Name); dir == "bad" || f.Name == "base.yaml" {
				files[path.Base(f.Name)] = &fstest.MapFile{Data: f.Data}
			} else if dir == "below" {
				files[path.Join("..", f.Name)] = &fstest.MapFile{Data: f.Data}
			}
		}
		_, err = Load(files, ".")
		var diagnostics Diagnostics
		if !errors.As(err, &diagnostics) {
			continue // it needs what lies below, and is about that
		}
		for _, d := range diagnostics {
			if !slices.Contains(shapeCodes, d.Code) {
				continue
			}
			name := strings.TrimSuffix(filepath.Base(file), ".txtar") + " " + d.Pos.String()
			met[name] = true
			refused := refuses(t, schema, files, d)
			switch reason, excepted := notInSchema[name]; {
			case excepted && refused:
				t.Errorf("%s: the schema finds it after all, although %s", name, reason)
			case !excepted && !refused:
				t.Errorf("%s: the schema does not find this: %s", name, d.Message)
			}
			found++
		}
	}
	for name := range notInSchema {
		if !met[name] {
			t.Errorf("%s is no fault any more", name)
		}
	}
	if found < 80 {
		t.Errorf("there were only %d faults", found)
	}
}

// refuses reports whether the schema refuses the value at a diagnostic.
func refuses(t *testing.T, schema *jsonschema.Schema, files fstest.MapFS, d *Diagnostic) bool {
	t.Helper()
	root, ok := tryParse(d.File, files[d.File].Data)
	if !ok {
		return false
	}
	at := locate(root, d.Pos)
	err := schema.Validate(plainOf(root))
	invalid, ok := errors.AsType[*jsonschema.ValidationError](err)
	if !ok {
		return false
	}
	var walk func(e *jsonschema.ValidationError) bool
	walk = func(e *jsonschema.ValidationError) bool {
		if len(e.Causes) > 0 {
			return slices.ContainsFunc(e.Causes, walk)
		}
		if extra, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
			return slices.ContainsFunc(extra.Properties, func(p string) bool {
				return slices.Equal(append(slices.Clone(e.InstanceLocation), p), at)
			})
		}
		if d.Code == CodeConflict { // either of the two keys may be blamed, or what holds them
			holder := at[:len(at)-1]
			return len(e.InstanceLocation) >= len(holder) && slices.Equal(e.InstanceLocation[:len(holder)], holder)
		}
		return slices.Equal(e.InstanceLocation, at)
	}
	return walk(invalid)
}

// locate returns the way to the value that a position belongs to, which may be
// that of its key.
func locate(root *value, pos Pos) []string {
	var way []string
	var best Pos
	var walk func(v *value, here []string)
	consider := func(p Pos, here []string) {
		if p.Line == pos.Line && p.compare(pos) <= 0 && p.compare(best) >= 0 || p.compare(pos) == 0 {
			best, way = p, slices.Clone(here)
		}
	}
	walk = func(v *value, here []string) {
		consider(v.Pos, here)
		for i, item := range v.items {
			walk(item, append(here, strconv.Itoa(i)))
		}
		for _, e := range v.entries {
			walk(e.value, append(here, e.key))
			consider(e.Pos, append(here, e.key))
		}
	}
	walk(root, nil)
	return way
}

// TestSlipsAreRefused makes each slip that can be made with a key, one at a
// time, in specs that have every key there is: Load and the schema must both
// refuse them.
func TestSlipsAreRefused(t *testing.T) {
	schema := compile(t)
	files := everyKey(t)
	met := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		root := parsed(t, name, files[name].Data)
		refused := func(what string) {
			t.Helper()
			with := fstest.MapFS{}
			for other, file := range files {
				with[other] = file
			}
			with[name] = &fstest.MapFile{Data: rendered(root)}
			if _, err := Load(with, name); err == nil {
				t.Errorf("%s: Load takes %s", name, what)
			}
			if schema.Validate(plainOf(root)) == nil {
				t.Errorf("%s: the schema takes %s", name, what)
			}
		}
		follow(root, mapping(rootShape), func(sh *shape, k *key, e *entry) {
			of := sh.name + "." + k.name
			met[of] = true

			e.key = k.name + "x"
			refused(of + " misspelt")
			e.key = k.name

			was := e.value
			for _, v := range samples {
				if !slices.ContainsFunc(k.takes, func(a alternative) bool { return a.kind == v.kind }) {
					e.value = v
					refused(of + " with " + v.kind.String())
				}
			}
			if sh.words(k.name) != nil {
				e.value = &value{kind: stringValue, text: "nonsense"}
				refused(of + " with another word")
			}
			e.value = was
		})
		follow(root, mapping(rootShape), func(sh *shape, k *key, e *entry) {
			if k.need == "" {
				return
			}
			holder := holderOf(root, e)
			was := slices.Clone(holder.entries)
			holder.entries = slices.DeleteFunc(holder.entries, func(other entry) bool { return other.key == k.name })
			refused(sh.name + " without " + k.name)
			holder.entries = was
		})
	}
	for _, sh := range shapes() {
		for _, k := range sh.keys {
			if !met[sh.name+"."+k.name] {
				t.Errorf("testdata/every has no %s.%s", sh.name, k.name)
			}
		}
	}
}

// samples are a value of each kind.
var samples = []*value{
	{kind: nullValue, text: "null"},
	{kind: stringValue, text: "text"},
	{kind: booleanValue, text: "true"},
	{kind: integerValue, text: "7"},
	{kind: numberValue, text: "1.5"},
	{kind: listValue},
	{kind: mappingValue},
}

// everyKey returns specs that have every key between them, and load.
func everyKey(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(os.DirFS("testdata/every"), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(path.Join("testdata/every", name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: text}
	}
	for _, name := range names {
		if _, err := Load(files, name); err != nil {
			t.Fatal(err)
		}
		rewritten := fstest.MapFS{}
		for other, file := range files {
			rewritten[other] = file
		}
		rewritten[name] = &fstest.MapFile{Data: rendered(parsed(t, name, files[name].Data))}
		if _, err := Load(rewritten, name); err != nil {
			t.Fatalf("as JSON: %v", err)
		}
	}
	return files
}

// shapes returns all shapes that can be met in a file.
func shapes() []*shape {
	var all []*shape
	var visit func(f form)
	visit = func(f form) {
		for _, a := range f {
			visit(a.items)
			visit(a.values)
			if a.shape != nil && !slices.Contains(all, a.shape) {
				all = append(all, a.shape)
				for _, k := range a.shape.keys {
					visit(k.takes)
				}
			}
		}
	}
	visit(mapping(rootShape))
	return all
}

// follow calls visit for each key of the shapes that a value is made of.
func follow(v *value, f form, visit func(*shape, *key, *entry)) {
	for _, a := range f {
		if a.kind != v.kind {
			continue
		}
		for _, item := range v.items {
			follow(item, a.items, visit)
		}
		for i := range v.entries {
			e := &v.entries[i]
			if a.shape == nil {
				follow(e.value, a.values, visit)
				continue
			}
			k := a.shape.key(e.key)
			follow(e.value, k.takes, visit)
			visit(a.shape, k, e)
		}
	}
}

// holderOf finds the mapping that an entry stands in.
func holderOf(v *value, e *entry) *value {
	for i := range v.entries {
		if &v.entries[i] == e {
			return v
		}
		if found := holderOf(v.entries[i].value, e); found != nil {
			return found
		}
	}
	for _, item := range v.items {
		if found := holderOf(item, e); found != nil {
			return found
		}
	}
	return nil
}

func compile(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func parsed(t *testing.T, name string, text []byte) *value {
	t.Helper()
	root, ok := tryParse(name, text)
	if !ok {
		t.Fatalf("%s cannot be parsed", name)
	}
	return root
}

// tryParse reads a file into its tree as Load does.
func tryParse(name string, text []byte) (*value, bool) {
	name = path.Base(name)
	l := newLoader()
	l.at = place{fsys: fstest.MapFS{name: {Data: text}}}
	src, read, ok := l.readSource(name)
	if !ok {
		return nil, false
	}
	return l.parse(src, read)
}

// plainOf turns a tree into what JSON has.
func plainOf(v *value) any {
	switch v.kind {
	case stringValue:
		return v.text
	case booleanValue:
		return strings.EqualFold(v.text, "true")
	case integerValue, numberValue:
		return json.Number(v.text)
	case listValue:
		list := []any{}
		for _, item := range v.items {
			list = append(list, plainOf(item))
		}
		return list
	case mappingValue:
		object := map[string]any{}
		for _, e := range v.entries {
			object[e.key] = plainOf(e.value)
		}
		return object
	default:
		return nil
	}
}

// rendered writes a tree as JSON, which is YAML as well, in its order.
func rendered(v *value) []byte {
	var b bytes.Buffer
	var write func(v *value)
	write = func(v *value) {
		switch v.kind {
		case stringValue:
			text, _ := json.Marshal(v.text)
			b.Write(text)
		case listValue:
			b.WriteString("[")
			for i, item := range v.items {
				if i > 0 {
					b.WriteString(",\n")
				}
				write(item)
			}
			b.WriteString("]")
		case mappingValue:
			b.WriteString("{")
			for i, e := range v.entries {
				if i > 0 {
					b.WriteString(",\n")
				}
				name, _ := json.Marshal(e.key)
				b.Write(name)
				b.WriteString(": ")
				write(e.value)
			}
			b.WriteString("}")
		default:
			b.WriteString(v.text)
		}
	}
	write(v)
	return b.Bytes()
}
