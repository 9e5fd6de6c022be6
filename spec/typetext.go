package spec

// String writes the use of a type as files have it, as in "(Note | null)[]".
// A nil expression is "null", as the body of a message that has none.
func (t *TypeExpr) String() string { return t.Text(func(t *Type) string { return t.Name }) }

// Text is String with what the caller calls the declared types.
func (t *TypeExpr) Text(name func(*Type) string) string {
	if t == nil {
		return "null"
	}
	text := string(t.Basic)
	switch {
	case t.List != nil && t.List.Nullable:
		text = "(" + t.List.Text(name) + ")[]"
	case t.List != nil:
		text = t.List.Text(name) + "[]"
	case t.Map != nil:
		text = "map<" + t.Map.Text(name) + ">"
	case t.Named != nil:
		text = name(t.Named)
	}
	if t.Nullable {
		text += " | null"
	}
	return text
}
