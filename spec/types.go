package spec

// The keys that make a type what it is; a type has those of one kind.
var kindKeys = []struct {
	kind Kind
	key  string
}{
	{KindID, "id"},
	{KindEnum, "enum"},
	{KindUnion, "union"},
	{KindObject, "embeds"},
	{KindObject, "fields"}, // last, for unions have fields too
}

func (l *loader) declareType(e entry) {
	l.checkName(e.Pos, e.key, goExported, exportedHint)
	what := "the type " + Quote(e.key)
	o := l.object(e.value, e.Pos, what, typeShape)
	t := &Type{Pos: e.Pos, Name: e.key}
	t.Evidence = l.evidence(o)
	t.GoName = l.exported(o, "goName")
	t.Doc = l.text(o, "doc")
	for _, k := range kindKeys {
		if t.Kind == 0 && o.get(k.key) != nil {
			t.Kind = k.kind
		}
	}
	switch t.Kind {
	case KindID:
		if v := o.get("id"); l.want(v, Quote("id"), booleanValue) && !l.flag(o, "id") {
			l.report(v.Pos, CodeBadWord, `"id" is false, which says nothing`, "Write id: true, or what the type is instead.")
		}
	case KindEnum:
		t.Values = l.enum(o.get("enum"))
	case KindUnion:
		l.union(t, o)
	case KindObject:
		l.embeds(t, o)
		if v := o.get("fields"); v != nil {
			t.Fields = l.fields(v, what)
		}
		for _, key := range o.given("empty", "variants") {
			l.report(l.here(o.get(key).Pos, e.Pos), CodeConflict, what+" is an object, and has the key "+Quote(key)+" of a union",
				`Name the discriminator with "union", or remove the key.`)
		}
	default:
		if o != nil && !o.unknown {
			l.report(e.Pos, CodeMissingKey, what+" does not say what it is",
				"Write id: true, an enum, fields, embeds, or a union with its variants.")
		}
	}
	if l.declare("type", t.Name, t.Pos) {
		l.types[t.Name] = t
		l.spec.Types = append(l.spec.Types, t)
	}
}

func (l *loader) enum(v *value) []*EnumValue {
	if !l.want(v, Quote("enum"), listValue) {
		return nil
	}
	if len(v.items) == 0 {
		l.report(v.Pos, CodeEmpty, "the enum has no values", "List the values that are known.")
	}
	var values []*EnumValue
	first := map[string]Pos{}
	for _, item := range v.items {
		if !l.want(item, "an enum value", stringValue, mappingValue) {
			continue
		}
		e := &EnumValue{Pos: item.Pos, Value: item.text}
		known := true
		if item.kind == mappingValue {
			o := l.object(item, item.Pos, "an enum value", enumValueShape)
			e.Evidence = l.evidence(o)
			e.GoName = l.exported(o, "goName")
			e.Doc = l.text(o, "doc")
			e.Value = l.text(o, "value")
			v := o.get("value")
			known = v != nil && v.kind == stringValue
		}
		if at, taken := first[e.Value]; taken && known {
			l.reportDuplicate(e.Pos, "the enum value "+Quote(e.Value), at)
			continue
		}
		if known {
			first[e.Value] = e.Pos
		}
		values = append(values, e)
	}
	return values
}

func (l *loader) embeds(t *Type, o *object) {
	if v := o.get("embeds"); v != nil {
		first := map[string]Pos{}
		l.strings(v, Quote("embeds"), func(item *value) {
			if at, taken := first[item.text]; taken {
				l.reportDuplicate(item.Pos, "the embedded type "+Quote(item.text), at)
				return
			}
			first[item.text] = item.Pos
			ref := &Ref{Pos: item.inner}
			t.Embeds = append(t.Embeds, ref)
			l.uses = append(l.uses, use{pos: item.inner, name: item.text, resolve: func(u use) {
				l.resolveEmbed(u, ref)
			}})
		})
	}
}

func (l *loader) union(t *Type, o *object) {
	t.Empty = l.flag(o, "empty")
	t.Discriminator = l.text(o, "union")
	if v := o.get("union"); v.kind == stringValue && t.Discriminator == "" {
		l.report(v.Pos, CodeUnion, "the discriminator has no name", "Name the key that tells the variants apart, as in union: type.")
	} else if t.Discriminator != "" {
		l.wireName(v.Pos, t.Discriminator)
	}
	if v := o.get("fields"); v != nil {
		t.Fields = l.fields(v, o.what)
		l.checkDiscriminator(t, t.Fields)
	}
	v := o.need("variants", "Declare the variants by the value of the discriminator.")
	if !l.want(v, Quote("variants"), mappingValue) {
		return
	}
	if len(v.entries) == 0 {
		l.report(l.emptied(v), CodeUnion, o.what+" has no variants", "Declare the variants by the value of the discriminator.")
	}
	first := map[string]Pos{}
	for _, e := range v.entries {
		variant := l.variant(t, e)
		if at, taken := first[e.key]; taken {
			l.reportDuplicate(e.Pos, "the variant "+Quote(e.key), at)
			continue
		}
		first[e.key] = e.Pos
		t.Variants = append(t.Variants, variant)
	}
}

func (l *loader) variant(t *Type, e entry) *Variant {
	what := "the variant " + Quote(e.key)
	l.wireName(e.Pos, e.key)
	o := l.object(e.value, e.Pos, what, variantShape)
	v := &Variant{Pos: e.Pos, Tag: e.key}
	v.Evidence = l.evidence(o)
	v.GoName = l.exported(o, "goName")
	v.Doc = l.text(o, "doc")
	if fields := o.get("fields"); fields != nil {
		v.Fields = l.fields(fields, what)
	}
	l.checkDiscriminator(t, v.Fields)
	for _, f := range v.Fields {
		for _, common := range t.Fields {
			if f.Name == common.Name {
				l.reportFieldTwice(f.Pos, f.Name, what, common.Pos)
			}
		}
	}
	return v
}

// checkDiscriminator reports a field that has the discriminator's key.
func (l *loader) checkDiscriminator(t *Type, fields []*Field) {
	for _, f := range fields {
		if f.Name == t.Discriminator && f.Name != "" {
			l.report(l.here(f.Pos, t.Pos), CodeUnion, "the field "+Quote(f.Name)+" is the discriminator",
				"Remove the field: the discriminator is part of every variant by itself.")
		}
	}
}
