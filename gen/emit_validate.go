package gen

import "github.com/dave/jennifer/jen"

// check is something that a bot can get wrong about a value that it sends, and
// that the server would ignore the whole message for, without a word.
type check struct {
	condition func(value *jen.Statement) jen.Code // for it being wrong
	reason    string
}

// checks are those of a field that a bot sends. A list or map of a message may
// be empty, one of parameters may not.
func (f *field) checks(inMessage bool) []check {
	if f.form == wrapped && !f.nullable {
		return []check{{isNull, "must not be null: leave it out"}}
	}
	if f.optional || f.nullable {
		return nil
	}
	switch f.typ.kind {
	case kindString:
		return []check{{isEmptyText, required}}
	case kindAny:
		return []check{{isEmpty, required}}
	case kindMap:
		if inMessage { // nil is {}, as where one is read
			return nil
		}
		return []check{{isEmpty, required}}
	case kindList:
		if inMessage {
			return []check{{isNil, required}}
		}
		return []check{{isEmpty, required}}
	case kindUnion:
		if !f.typ.union.empty { // else nil is {}
			return []check{{isNil, required}}
		}
	}
	return nil
}

// checked reports whether a message has anything that is checked.
func (o *object) checked() bool {
	for _, f := range o.fields {
		if len(f.checks(true)) > 0 {
			return true
		}
	}
	return false
}

const required = "is required"

func isNull(value *jen.Statement) jen.Code      { return value.Dot("IsNull").Call() }
func isEmptyText(value *jen.Statement) jen.Code { return value.Op("==").Lit("") }
func isEmpty(value *jen.Statement) jen.Code     { return jen.Len(value).Op("==").Lit(0) }
func isNil(value *jen.Statement) jen.Code       { return value.Op("==").Nil() }

// printChecks prints the checks of one value; fault is what is returned where
// it is wrong.
func printChecks(g *jen.Group, value *jen.Statement, checks []check, fault func(reason string) jen.Code) {
	for _, c := range checks {
		g.If(c.condition(value.Clone())).Block(jen.Return(fault(c.reason)))
	}
}

// validateMessage prints the check of a struct that is only ever sent.
func (p *printer) validateMessage(s *source, o *object) {
	s.declare(doc{"Validate returns a *MessageError for what is missing and has to be there, and nil otherwise."},
		method("m", o.name, "Validate").Params().Error().BlockFunc(func(g *jen.Group) {
			for _, f := range o.fields {
				printChecks(g, jen.Id("m").Dot(f.name), f.checks(true), func(reason string) jen.Code {
					return messageError(o, f.key, reason)
				})
			}
			g.Return(jen.Nil())
		}))
}

// validateBody prints the check of a message's body before it is sent.
func (p *printer) validateBody(g *jen.Group, b body, o *object, param string) {
	switch b {
	case bodyValue:
		printChecks(g, jen.Id(param), o.fields[0].checks(true), func(reason string) jen.Code {
			return messageError(o, "", reason)
		})
	case bodyFields:
		g.If(jen.Err().Op(":=").Id(param).Dot("Validate").Call(), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err()))
	}
}

// messageError is the error for a field of a message; key is "" for the whole
// body.
func messageError(o *object, key, reason string) jen.Code {
	entries := []jen.Code{entry("Message", jen.Lit(o.label))}
	if key != "" {
		entries = append(entries, entry("Field", jen.Lit(key)))
	}
	return address(runtimeName("MessageError")).Values(append(entries, entry("Reason", jen.Lit(reason)))...)
}
