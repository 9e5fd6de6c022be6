package upstream

import "github.com/misskeyactor/misskeyactor/spec"

// Facts are what one side says, by path. The zero value is empty and ready to
// use. It is not for use by several goroutines at once.
type Facts struct {
	byPath map[string]*fact
}

// fact is one thing that a side says.
type fact struct {
	pos    spec.Pos
	path   string
	parent string // path of the fact it belongs to; "" for one at the root
	what   string // what it is of, as in "a channel"
	says   string // its type in words, or what, when it has none
	// base is says without what may be null or absent. What lies below is
	// compared only where the bases agree: below different things there is
	// nothing alike.
	base string
}

// Add notes that something is there.
func (f *Facts) Add(parent, key, what string, pos spec.Pos) (path string) {
	return f.put(fact{pos: pos, parent: parent, what: what, says: what, base: what}, key)
}

// AddShape notes a field, parameter or body, and all that its shape has below
// it. A nil shape is a body that is always null.
func (f *Facts) AddShape(parent, key, what string, pos spec.Pos, shape *Shape, optional bool) (path string) {
	if shape == nil {
		shape = &Shape{Form: Null}
	}
	says := shape.String()
	if optional {
		says = "optional " + says
	}
	path = f.put(fact{pos: pos, parent: parent, what: what, says: says, base: shape.bare()}, key)
	core := shape.core()
	for _, field := range core.Fields {
		f.AddShape(path, "fields."+field.Name, "a field", field.Pos, field.Shape, field.Optional)
	}
	for _, value := range core.Values {
		f.Add(path, "values."+value.Word, "a value", value.Pos)
	}
	return path
}

// AddFields notes fields one by one, as of parameters.
func (f *Facts) AddFields(parent, section, what string, fields []Field) {
	for _, field := range fields {
		f.AddShape(parent, section+"."+field.Name, what, field.Pos, field.Shape, field.Optional)
	}
}

// put keeps the first fact of a path: a side that says a thing twice says it.
func (f *Facts) put(next fact, key string) string {
	next.path = key
	if next.parent != "" {
		next.path = next.parent + "." + key
	}
	if f.byPath == nil {
		f.byPath = map[string]*fact{}
	}
	if f.byPath[next.path] == nil {
		f.byPath[next.path] = &next
	}
	return next.path
}
