package upstream

import "slices"

// Join brings shapes down to one: null makes the rest nullable, any takes all
// in, string takes enums in, enums become one, and so do objects.
func Join(shapes []*Shape) *Shape {
	nullable := false
	var rest []*Shape
	for _, s := range shapes {
		members := []*Shape{s}
		if s.Form == Choice {
			members = s.Members
		}
		nullable = nullable || s.Nullable || s.Form == Null
		for _, m := range members {
			if m.Form != Null {
				bare := *m
				bare.Nullable = false
				rest = append(rest, &bare)
			}
		}
	}
	rest = joinForm(rest, Enum, joinEnums)
	rest = joinForm(rest, Object, JoinObjects)
	has := func(form Form) bool {
		return slices.ContainsFunc(rest, func(s *Shape) bool { return s.Form == form })
	}
	switch {
	case has(Any):
		return &Shape{Form: Any}
	case has(String):
		rest = slices.DeleteFunc(rest, func(s *Shape) bool { return s.Form == Enum })
	}
	told := map[string]bool{}
	rest = slices.DeleteFunc(rest, func(s *Shape) bool {
		word := s.String()
		defer func() { told[word] = true }()
		return told[word]
	})
	switch {
	case len(rest) == 0 && nullable:
		return &Shape{Form: Null}
	case len(rest) == 0:
		return nil
	case len(rest) == 1:
		rest[0].Nullable = nullable
		return rest[0]
	default:
		return &Shape{Form: Choice, Members: rest, Nullable: nullable}
	}
}

// joinForm puts one shape in the place of the first of a form, made of all.
func joinForm(shapes []*Shape, form Form, join func([]*Shape) *Shape) []*Shape {
	var of, out []*Shape
	at := 0
	for _, s := range shapes {
		if s.Form != form {
			out = append(out, s)
			continue
		}
		if of = append(of, s); len(of) == 1 {
			at = len(out)
		}
	}
	switch len(of) {
	case 0:
		return out
	case 1:
		return slices.Insert(out, at, of[0])
	default:
		return slices.Insert(out, at, join(of))
	}
}

func joinEnums(enums []*Shape) *Shape {
	all := &Shape{Form: Enum}
	told := map[string]bool{}
	for _, e := range enums {
		for _, v := range e.Values {
			if !told[v.Word] {
				told[v.Word] = true
				all.Values = append(all.Values, v)
			}
		}
	}
	return all
}

// JoinObjects makes an object with the fields of all; one that not all have
// may be absent.
func JoinObjects(objects []*Shape) *Shape {
	all := &Shape{Form: Object}
	count := map[string]int{}
	index := map[string]int{}
	for _, o := range objects {
		for _, f := range o.Fields {
			count[f.Name]++
			i, known := index[f.Name]
			if !known {
				index[f.Name] = len(all.Fields)
				all.Fields = append(all.Fields, f)
				continue
			}
			first := &all.Fields[i]
			first.Optional = first.Optional || f.Optional
			first.Shape = Join([]*Shape{first.Shape, f.Shape})
		}
	}
	for i, f := range all.Fields {
		if count[f.Name] < len(objects) {
			all.Fields[i].Optional = true
		}
	}
	return all
}
