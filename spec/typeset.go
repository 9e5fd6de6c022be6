package spec

// TypeSet is a set of declared types that has with each type all that its
// values hold: the types of its fields, of what it embeds, of its variants.
type TypeSet map[*Type]bool

// Add adds a type.
func (s TypeSet) Add(t *Type) {
	if s[t] {
		return
	}
	s[t] = true
	for _, ref := range t.Embeds {
		s.Add(ref.Type)
	}
	s.AddFields(t.Fields...)
	for _, v := range t.Variants {
		s.AddFields(v.Fields...)
	}
}

// AddFields adds the types of fields.
func (s TypeSet) AddFields(fields ...*Field) {
	for _, f := range fields {
		s.addUse(f.Type)
	}
}

// AddMessages adds the types of what messages carry.
func (s TypeSet) AddMessages(messages ...*Message) {
	for _, m := range messages {
		s.addUse(m.Body)
		s.AddFields(m.Fields...)
	}
}

func (s TypeSet) addUse(t *TypeExpr) {
	if t := t.Declared(); t != nil {
		s.Add(t)
	}
}

// Declared returns the declared type that a use comes to, within lists and
// maps or not; nil for one of a basic type, and for no use.
func (t *TypeExpr) Declared() *Type {
	for t != nil && t.Named == nil {
		if t.List != nil {
			t = t.List
		} else {
			t = t.Map
		}
	}
	if t == nil {
		return nil
	}
	return t.Named
}
