package gen

import (
	"fmt"
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// The rules of Breaking. Those from BR001 on are of category Wire, those from
// BR101 on of category GoAPI. CodeStaleBreak is no rule but a fault.
const (
	CodeChannelGone    spec.Code = "BR001"
	CodeCaptureGone    spec.Code = "BR002"
	CodeBroadcastsGone spec.Code = "BR003"
	CodeRequestGone    spec.Code = "BR004"
	CodeEventGone      spec.Code = "BR005"
	CodeSendGone       spec.Code = "BR006"
	CodeParamGone      spec.Code = "BR007"
	CodeFieldGone      spec.Code = "BR008"
	CodeVariantGone    spec.Code = "BR009"
	CodeTypeChanged    spec.Code = "BR010"
	CodeAbsent         spec.Code = "BR011"
	CodeNull           spec.Code = "BR012"
	CodeSentType       spec.Code = "BR013"
	CodeRequired       spec.Code = "BR014"
	CodeDefault        spec.Code = "BR015"
	CodeCredential     spec.Code = "BR016"
	CodePermission     spec.Code = "BR017"
	CodeShared         spec.Code = "BR018"
	CodeLeaks          spec.Code = "BR019"
	CodeLimit          spec.Code = "BR020"
	CodeSocket         spec.Code = "BR021"
	CodeWord           spec.Code = "BR022"
	CodeDiscriminator  spec.Code = "BR023"
	CodeKind           spec.Code = "BR024"
	CodeEnd            spec.Code = "BR025"

	CodeTypeGone  spec.Code = "BR101"
	CodeValueGone spec.Code = "BR102"
	CodeSetGone   spec.Code = "BR103"
	CodeEmbedGone spec.Code = "BR104"
	CodeRenamed   spec.Code = "BR105"
	CodeGoType    spec.Code = "BR106"
	CodePolicy    spec.Code = "BR107"
	CodeEventNew  spec.Code = "BR108"

	CodeStaleBreak spec.Code = "BR201" // a spec accepts what is not found
)

// breakingRule finds what one kind of change breaks.
type breakingRule struct {
	code    spec.Code
	about   []factKind
	happens ChangeKind
	attr    string // for Altered
	flow    flow   // of the fact; 0 = any
	strict  bool
	// message says what happened; "" when the change breaks nothing.
	message func(b *breaking, c change) string
}

// arguments are what may be given with what the client sends.
var arguments = []factKind{factParam, factField, factKey}

var breakingRules = []breakingRule{
	{code: CodeChannelGone, about: []factKind{factChannel}, happens: Removed, message: says("the channel is gone")},
	{code: CodeCaptureGone, about: []factKind{factCapture}, happens: Removed, message: says("the capture is gone")},
	{code: CodeBroadcastsGone, about: []factKind{factBroadcast}, happens: Removed, message: says("there are no broadcasts any more")},
	{code: CodeRequestGone, about: []factKind{factRequest}, happens: Removed, message: requestGone},
	{code: CodeRequestGone, about: []factKind{factRequest}, happens: Altered, attr: "role", message: roleGone},
	{code: CodeEventGone, about: []factKind{factEvent}, happens: Removed, message: eventGone},
	{code: CodeEventGone, about: []factKind{factEvent}, happens: Altered, attr: "unpublished",
		message: becomes("yes", "the server declares the event, and no longer sends it")},
	{code: CodeSendGone, about: []factKind{factSend}, happens: Removed, message: says("the server no longer takes the message")},
	{code: CodeParamGone, about: arguments, happens: Removed, flow: sent, message: unlessReplaced("the server no longer looks at it")},
	{code: CodeFieldGone, about: []factKind{factField}, happens: Removed, flow: received, message: unlessReplaced("the server no longer sends the field")},
	{code: CodeVariantGone, about: []factKind{factVariant}, happens: Removed, message: unlessReplaced("the variant is gone")},

	{code: CodeTypeChanged, about: []factKind{factField}, happens: Altered, attr: "type", flow: received, message: unreadable},
	{code: CodeTypeChanged, about: []factKind{factEvent}, happens: Altered, attr: "body", message: unreadable},
	{code: CodeAbsent, about: []factKind{factField}, happens: Altered, attr: "presence", flow: received,
		message: becomes("optional", "it may be absent now")},
	{code: CodeNull, about: []factKind{factField}, happens: Altered, attr: "type", flow: received, message: mayBeNull},
	{code: CodeNull, about: []factKind{factEvent}, happens: Altered, attr: "body", message: mayBeNull},

	{code: CodeSentType, about: arguments, happens: Altered, attr: "type", flow: sent, message: unacceptable},
	{code: CodeSentType, about: arguments, happens: Altered, attr: "noEmptyItems", flow: sent,
		message: becomes("yes", "no list or map in it may be empty now")},
	{code: CodeSentType, about: []factKind{factSend, factRequest}, happens: Altered, attr: "body", message: unacceptable},
	{code: CodeRequired, about: arguments, happens: Added, flow: sent, message: newAndRequired},
	{code: CodeRequired, about: arguments, happens: Altered, attr: "presence", flow: sent,
		message: becomes("required", "it has to be given now")},
	{code: CodeRequired, about: []factKind{factRequest}, happens: Altered, attr: "bodyOptional",
		message: becomes("no", "its body has to be given now")},
	{code: CodeDefault, about: arguments, happens: Altered, attr: "default", flow: sent, message: defaultChanged},

	{code: CodeCredential, about: []factKind{factChannel, factRequest}, happens: Altered, attr: "credential",
		message: becomes("required", "it needs an account now")},
	{code: CodePermission, about: []factKind{factChannel}, happens: Altered, attr: "permission", message: permission},
	{code: CodeShared, about: []factKind{factChannel}, happens: Altered, attr: "shared",
		message: becomes("yes", "the server connects it only once per socket now")},
	{code: CodeLeaks, about: []factKind{factChannel}, happens: Altered, attr: "leaks",
		message: becomes("yes", "the server goes on sending after a disconnect now")},
	{code: CodeLimit, about: []factKind{factLimit}, happens: Added, message: newLimit},
	{code: CodeLimit, about: []factKind{factLimit}, happens: Altered, message: lowered},
	{code: CodeSocket, about: []factKind{factSocket}, happens: Altered, message: socketChanged},
	{code: CodeWord, about: []factKind{factRequest}, happens: Altered, attr: "name", message: wasAndIs("its word")},
	{code: CodeWord, about: []factKind{factRequest}, happens: Altered, attr: "reply", message: replyChanged},
	{code: CodeWord, about: []factKind{factCapture}, happens: Altered, attr: "subscribe", message: wasAndIs("the request that begins it")},
	{code: CodeWord, about: []factKind{factCapture}, happens: Altered, attr: "unsubscribe", message: wasAndIs("the request that ends it")},
	{code: CodeWord, about: []factKind{factCapture}, happens: Altered, attr: "update", message: wasAndIs("the frame type of its events")},
	{code: CodeWord, about: []factKind{factKey}, happens: Altered, attr: "name", message: wasAndIs("its name")},
	{code: CodeDiscriminator, about: []factKind{factType}, happens: Altered, attr: "union", message: discriminator},
	{code: CodeDiscriminator, about: []factKind{factType}, happens: Altered, attr: "empty", flow: received, message: becomes("yes", "it may be {} now")},
	{code: CodeKind, about: []factKind{factType}, happens: Altered, attr: "kind", message: otherJSON},
	{code: CodeEnd, about: []factKind{factCapture}, happens: Altered, attr: "endsWith", message: endsOtherwise},

	{code: CodeTypeGone, about: []factKind{factType}, happens: Removed, message: says("the type is gone")},
	{code: CodeTypeGone, about: []factKind{factEvent}, happens: Removed, message: declarationGone},
	{code: CodeValueGone, about: []factKind{factValue}, happens: Removed, message: valueGone},
	{code: CodeSetGone, about: []factKind{factSet}, happens: Removed, message: says("the event set is gone, and its handler with it")},
	{code: CodeGoType, about: []factKind{factType}, happens: Altered, attr: "kind", message: sameJSON},
	{code: CodePolicy, about: []factKind{factChannel}, happens: Altered, attr: "overflow", message: wasAndIs("what happens when an inbox is full")},
	{code: CodePolicy, about: []factKind{factChannel}, happens: Altered, attr: "tokenEvent", message: tokenEventGone},
	{code: CodeEventNew, about: []factKind{factEvent}, happens: Added, strict: true,
		message: says("the event is new; a handler that embeds no Unimplemented… lacks a method for it")},
}

// on reports whether the rule looks at such a change.
func (r breakingRule) on(c change) bool {
	f, happens := c.new, Altered
	switch {
	case c.new == nil:
		f, happens = c.old, Removed
	case c.old == nil:
		happens = Added
	}
	if r.happens != happens || !slices.Contains(r.about, f.kind) || r.flow != 0 && f.flow&r.flow == 0 {
		return false
	}
	return happens != Altered || c.attr.new.name == r.attr
}

type messageFunc = func(*breaking, change) string

func says(text string) messageFunc {
	return func(*breaking, change) string { return text }
}

// becomes is for an attribute that breaks things with one of its values.
func becomes(value, text string) messageFunc {
	return func(_ *breaking, c change) string {
		if c.attr.new.value == value {
			return text
		}
		return ""
	}
}

func wasAndIs(what string) messageFunc {
	return func(_ *breaking, c change) string {
		return fmt.Sprintf("%s was %s, and is %s", what, c.attr.old.value, c.attr.new.value)
	}
}

func requestGone(_ *breaking, c change) string {
	switch c.old.is.(*spec.Request).Role {
	case spec.RoleRequest:
		return "the request is gone"
	case spec.RoleCall:
		return "the server no longer answers calls"
	}
	return "" // it was a capture's, which says so
}

func roleGone(_ *breaking, c change) string {
	if c.attr.old.value != string(spec.RoleRequest) {
		return ""
	}
	return "it is no request of the client's any more, and has the role " + c.attr.new.value
}

// eventGone is silent where the event comes to the set by another way now.
func eventGone(b *breaking, c change) string {
	if b.comesOtherwise(c.old) || c.old.is.(*spec.Message).Unpublished {
		return ""
	}
	return "the server no longer sends the event"
}

// declarationGone is about events that were not sent before either.
func declarationGone(b *breaking, c change) string {
	if b.comesOtherwise(c.old) || !c.old.is.(*spec.Message).Unpublished {
		return ""
	}
	return "the event, which the server did not send, is gone, and its type with it"
}

// comesOtherwise reports whether a set gets the event from one it includes.
func (b *breaking) comesOtherwise(event *fact) bool {
	set, ok := b.newSet(event)
	return ok && eventOf(set, event.name) != nil
}

// unlessReplaced is silent where what it belonged to is another thing now,
// which is found by itself, and where the field has only moved.
func unlessReplaced(text string) messageFunc {
	return func(b *breaking, c change) string {
		parent := b.newParent(c.old)
		if b.replaced(b.old.byKey[parent.key], parent) || slices.ContainsFunc(b.fieldsOf(parent), func(f *spec.Field) bool { return f.Name == c.old.name }) {
			return ""
		}
		return text
	}
}

// valueGone is silent where the whole type is something else now.
func valueGone(b *breaking, c change) string {
	if !isWord(b.newParent(c.old)) {
		return ""
	}
	return "the value is gone, and its constant with it"
}

// newParent is what the parent of an old fact has become.
func (b *breaking) newParent(f *fact) *fact { return b.new.byKey[f.parent.key] }

// replaced reports whether a fact has become something with other parts.
func (b *breaking) replaced(old, new *fact) bool {
	for _, name := range []string{"body", "kind"} {
		before, after := old.attr(name), new.attr(name)
		if before.same != after.same {
			return true
		}
	}
	return false
}

func (f *fact) attr(name string) attr {
	for _, a := range f.attrs {
		if a.name == name {
			return a
		}
	}
	return attr{}
}

// fieldsOf are the fields that a fact has, by whatever way they come to it.
func (b *breaking) fieldsOf(f *fact) []*spec.Field {
	switch is := f.is.(type) {
	case *spec.Type:
		if is.Kind != spec.KindUnion {
			return is.AllFields()
		}
		return slices.Concat(is.Fields, inAllVariants(is))
	case *spec.Variant:
		return slices.Concat(is.Fields, f.parent.is.(*spec.Type).Fields)
	default:
		return nil
	}
}

// inAllVariants are the fields that every variant has for itself.
func inAllVariants(t *spec.Type) []*spec.Field {
	var all []*spec.Field
	for i, v := range t.Variants {
		if i == 0 {
			all = slices.Clone(v.Fields)
			continue
		}
		all = slices.DeleteFunc(all, func(f *spec.Field) bool {
			return !slices.ContainsFunc(v.Fields, func(g *spec.Field) bool { return g.Name == f.Name })
		})
	}
	return all
}

// readsNew reads with the bindings of the old spec what a server of the new
// one sends.
func (b *breaking) readsNew() *reader {
	return newReader(false, func(want, is *spec.Type) bool { return b.sameType(want, is) })
}

// takesOld reads with a server of the new spec what bindings of the old one
// send.
func (b *breaking) takesOld() *reader {
	return newReader(true, func(want, is *spec.Type) bool { return b.sameType(is, want) })
}

func (b *breaking) sameType(old, new *spec.Type) bool {
	name := old.Name
	if other, ok := b.renamed[name]; ok {
		name = other
	}
	return name == new.Name
}

func unreadable(b *breaking, c change) string {
	r := b.readsNew()
	if old, ok := c.old.is.(*spec.Message); ok {
		if is := c.new.is.(*spec.Message); is.Unpublished || r.readsMessage(old, is) {
			return ""
		}
		return wasAndIs("its body")(b, c)
	}
	if r.reads(c.old.is.(*spec.Field).Type, c.new.is.(*spec.Field).Type) {
		return ""
	}
	return wasAndIs("its type")(b, c)
}

func mayBeNull(_ *breaking, c change) string {
	old, new := c.old.uses()[0], c.new.uses()[0]
	if old == nil || new == nil || old.Nullable || !new.Nullable || old.Basic == spec.Any {
		return ""
	}
	if m, ok := c.new.is.(*spec.Message); ok && m.Unpublished {
		return ""
	}
	return "it may be null now"
}

func unacceptable(b *breaking, c change) string {
	old, new := c.old.uses()[0], c.new.uses()[0]
	if old != nil && new != nil && old.Nullable && !new.Nullable && new.Basic != spec.Any {
		return "it may not be null any more"
	}
	r, ok := b.takesOld(), false
	switch was := c.old.is.(type) {
	case *spec.Message:
		ok = r.readsMessage(c.new.is.(*spec.Message), was)
	case *spec.Request:
		is := c.new.is.(*spec.Request)
		ok = r.readsMessage(&is.Message, &was.Message) || is.BodyOptional && was.Body == nil && len(was.Fields) == 0
	default:
		ok = r.reads(new, old)
	}
	if ok {
		return ""
	}
	return wasAndIs("its "+c.attr.new.name)(b, c)
}

func newAndRequired(b *breaking, c change) string {
	field := c.new.is.(*spec.Field)
	parent := b.old.byKey[c.new.parent.key]
	moved := slices.ContainsFunc(b.fieldsOf(parent), func(f *spec.Field) bool { return f.Name == field.Name })
	if field.Optional || moved || b.replaced(parent, c.new.parent) {
		return ""
	}
	return "it has to be given, and is new"
}

func defaultChanged(b *breaking, c change) string {
	name := func(a attr) string {
		if a.value == "" {
			return "not stated"
		}
		return a.value
	}
	return fmt.Sprintf("its default was %s, and is %s", name(c.attr.old), name(c.attr.new))
}

func permission(_ *breaking, c change) string {
	switch old, new := c.attr.old.value, c.attr.new.value; {
	case new == "":
		return ""
	case old == "":
		return "an app's token needs the permission " + new + " now"
	default:
		return fmt.Sprintf("an app's token needs the permission %s now, in place of %s", new, old)
	}
}

func newLimit(_ *breaking, c change) string {
	return "there is a limit now, of " + c.new.attr("").value
}

func lowered(_ *breaking, c change) string {
	if c.new.is.(int) >= c.old.is.(int) {
		return ""
	}
	return fmt.Sprintf("it was %d, and is %d", c.old.is.(int), c.new.is.(int))
}

// socketChanged looks at what bindings rely on: how often a server pings is for
// them to know, and breaks nothing.
func socketChanged(b *breaking, c change) string {
	switch c.new.name {
	case "path", "auth":
		return wasAndIs("it")(b, c)
	case "textPing":
		return becomes("no", "the server no longer answers the text ping")(b, c)
	}
	return ""
}

// replyChanged is silent about a reply that is new: nobody waits for it.
func replyChanged(b *breaking, c change) string {
	switch {
	case c.attr.old.value == "":
		return ""
	case c.attr.new.value == "":
		return "the reply " + c.attr.old.value + " is gone"
	}
	return wasAndIs("its reply")(b, c)
}

func discriminator(b *breaking, c change) string {
	if c.attr.old.value == "" || c.attr.new.value == "" {
		return "" // it is another kind of type
	}
	return wasAndIs("its discriminator")(b, c)
}

// otherJSON and sameJSON share the changes of a type's kind: ids and enums are
// strings on the wire, objects and unions are objects.
func otherJSON(b *breaking, c change) string {
	if isWord(c.old) == isWord(c.new) {
		return ""
	}
	return wasAndIs("its kind")(b, c)
}

func sameJSON(b *breaking, c change) string {
	if isWord(c.old) || isWord(c.new) {
		return "" // constants that are gone are found one by one
	}
	return wasAndIs("its kind")(b, c)
}

func isWord(f *fact) bool {
	kind := f.is.(*spec.Type).Kind
	return kind == spec.KindID || kind == spec.KindEnum
}

func endsOtherwise(_ *breaking, c change) string {
	switch old, new := c.attr.old.value, c.attr.new.value; {
	case old == "":
		return "it ends by itself now, after the event " + new
	case new == "":
		return "it no longer ends by itself after the event " + old
	default:
		return fmt.Sprintf("it ends by itself after the event %s now, and not after %s", new, old)
	}
}

func tokenEventGone(_ *breaking, c change) string {
	if c.attr.old.value == "" {
		return ""
	}
	return fmt.Sprintf("the client no longer tells of a new token when the event %s comes", c.attr.old.value)
}
