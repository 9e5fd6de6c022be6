package gen

import (
	"slices"
	"strconv"
	"strings"

	"github.com/misskeyactor/misskeyactor/spec"
)

// fact is one thing that a spec states: a channel, a parameter, the value of
// an enum. Specs are compared fact by fact.
type fact struct {
	kind   factKind
	name   string
	key    string // what makes it the same fact in another spec
	path   string // the keys that lead to it in the files, as in "channels.main.events.mention"
	group  string // what it is told under, as in "channel main"
	pos    spec.Pos
	parent *fact // nil for what stands at the root
	attrs  []attr
	is     any // as the spec has it, as in *spec.Field
	flow   flow
}

// factKind is what a fact is, in the word that it is told with.
type factKind string

const (
	factSpec      factKind = "spec"
	factSocket    factKind = "socket"
	factLimit     factKind = "limits"
	factSet       factKind = "event set"
	factChannel   factKind = "channel"
	factParam     factKind = "param"
	factEvent     factKind = "event"
	factSend      factKind = "send"
	factCapture   factKind = "capture"
	factKey       factKind = "key"
	factBroadcast factKind = "broadcasts"
	factRequest   factKind = "request"
	factType      factKind = "type"
	factField     factKind = "field"
	factValue     factKind = "value"
	factVariant   factKind = "variant"
)

// flow is the way that a value goes. A type may go both.
type flow int

const (
	received flow = 1 << iota // the server sends it
	sent                      // the client does
)

// attr is one thing that a fact says of itself.
type attr struct {
	name  string
	value string
	same  string   // value with the types' new names; two are equal when these are
	items []string // of a list, in place of value
	prose bool     // for people, and too long to repeat

	inherited bool // as it is for the parent
}

// attribute makes an attribute of a text.
func attribute(name, value string) attr { return attr{name: name, value: value, same: value} }

func switchAttr(name string, on bool) attr {
	if on {
		return attribute(name, "yes")
	}
	return attribute(name, "no")
}

func listAttr(name string, items []string) attr {
	return attr{name: name, items: items, same: strings.Join(items, "\n")}
}

func proseAttr(name, text string) attr {
	return attr{name: name, value: text, same: strings.Join(strings.Fields(text), " "), prose: true}
}

// collector puts the facts of a spec into a list, in the order of the spec.
type collector struct {
	facts   []*fact
	byKey   map[string]*fact
	inline  map[*spec.EventSet]*fact // sets that belong to a channel, a capture or the broadcasts
	renamed map[string]string        // old name of a type: its new one
	flows   map[*spec.Type]flow
}

// factsOf lists what a spec states. renamed has the types that have another
// name in the spec it is compared with.
func factsOf(s *spec.Spec, renamed map[string]string) *collector {
	c := &collector{byKey: map[string]*fact{}, inline: map[*spec.EventSet]*fact{}, renamed: renamed, flows: flows(s)}
	c.root(s)
	for _, ch := range s.Channels {
		c.channel(ch, s.Evidence)
	}
	for _, ca := range s.Captures {
		c.capture(ca, s.Evidence)
	}
	if set := s.Broadcasts; set != nil {
		f := c.add(nil, fact{kind: factBroadcast, path: "broadcasts", group: "broadcasts", pos: set.Pos, is: set})
		c.inline[set] = f
		c.set(set, s.Evidence)
	}
	for _, set := range s.EventSets {
		c.set(set, s.Evidence)
	}
	for _, r := range s.Requests {
		c.request(r, s.Evidence)
	}
	for _, t := range s.Types {
		c.typ(t, s.Evidence)
	}
	return c
}

// add appends a fact. Below a parent it takes from it what it does not say.
func (c *collector) add(parent *fact, f fact) *fact {
	f.parent = parent
	if parent != nil {
		if f.group == "" {
			f.group = parent.group
		}
		if f.flow == 0 {
			f.flow = parent.flow
		}
	}
	if f.key == "" {
		f.key = f.path
	}
	c.facts = append(c.facts, &f)
	c.byKey[f.key] = &f
	return &f
}

// below appends a fact under a section of its parent's.
func (c *collector) below(parent *fact, section string, f fact) *fact {
	f.key = parent.key + "." + section + "." + f.name
	f.path = parent.path + "." + section + "." + f.name
	return c.add(parent, f)
}

func (c *collector) root(s *spec.Spec) {
	extends := ""
	if s.Extends != nil {
		extends = s.Extends.Name
	}
	c.add(nil, fact{kind: factSpec, key: "name", path: "name", group: "spec", pos: s.Pos, is: s, attrs: append([]attr{
		attribute("name", s.Name), attribute("title", s.Title), attribute("extends", extends),
		proseAttr("doc", s.Doc), listAttr("checked", s.Checked),
	}, evidence(s.Evidence, spec.Evidence{})...)})

	socket := func(name, value string) {
		c.add(nil, fact{kind: factSocket, name: name, path: "socket." + name, group: "socket", pos: s.Socket.Pos,
			attrs: append([]attr{attribute("", value)}, evidence(s.Socket.Evidence, s.Evidence)...)})
	}
	socket("path", s.Socket.Path)
	socket("auth", string(s.Socket.Auth))
	socket("ping", seconds(s.Socket.PingSeconds))
	socket("silence", seconds(s.Socket.SilenceSeconds))
	socket("textPing", switchAttr("", s.Socket.TextPing).value)

	if n := s.Limits.ChannelsPerConnection; n > 0 {
		c.add(nil, fact{kind: factLimit, name: "channelsPerConnection", path: "limits.channelsPerConnection", group: "limits",
			pos: s.Limits.Pos, is: n, attrs: append([]attr{attribute("", strconv.Itoa(n))}, evidence(s.Limits.Evidence, s.Evidence)...)})
	}
}

func seconds(n int) string {
	if n == 0 {
		return "none"
	}
	return strconv.Itoa(n) + "s"
}

func (c *collector) channel(ch *spec.Channel, from spec.Evidence) {
	f := c.add(nil, fact{kind: factChannel, name: ch.Name, path: "channels." + ch.Name, group: "channel " + ch.Name, pos: ch.Pos, is: ch,
		attrs: append([]attr{
			attribute("credential", credentialWord(ch.Credential)), attribute("permission", ch.Permission),
			switchAttr("shared", ch.Shared), switchAttr("leaks", ch.Leaks), attribute("overflow", string(ch.Overflow)),
			attribute("tokenEvent", ch.TokenEvent), attribute("events", ch.Events.Name), attribute("goName", ch.GoName),
			proseAttr("doc", ch.Doc), {name: "quirks", items: ch.Quirks, same: strings.Join(ch.Quirks, "\n"), prose: true},
		}, evidence(ch.Evidence, from)...)})
	if ch.Events.Name == ch.Name && ch.Events.Pos == ch.Pos {
		c.inline[ch.Events] = f
	}
	c.fields(f, "params", factParam, ch.Params, ch.Evidence, sent)
	for _, m := range ch.Sends {
		c.message(f, "sends", factSend, m, ch.Evidence, sent)
	}
}

func credentialWord(needed bool) string {
	if needed {
		return "required"
	}
	return "none"
}

func (c *collector) capture(ca *spec.Capture, from spec.Evidence) {
	f := c.add(nil, fact{kind: factCapture, name: ca.Name, path: "captures." + ca.Name, group: "capture " + ca.Name, pos: ca.Pos, is: ca,
		attrs: append([]attr{
			attribute("method", ca.Method), attribute("subscribe", ca.Subscribe), attribute("unsubscribe", ca.Unsubscribe),
			attribute("update", ca.Update), attribute("endsWith", ca.EndsWith), attribute("goName", ca.GoName), proseAttr("doc", ca.Doc),
		}, evidence(ca.Evidence, from)...)})
	c.inline[ca.Events] = f
	key := c.field(ca.Key, ca.Evidence)
	key.kind, key.flow = factKey, sent
	key.attrs = append([]attr{attribute("name", ca.Key.Name)}, key.attrs...)
	key.key, key.path = f.key+".key", f.path+".key"
	c.add(f, key)
	c.set(ca.Events, from)
}

// set collects an event set. One that belongs to something has its facts.
func (c *collector) set(set *spec.EventSet, from spec.Evidence) {
	owner := c.inline[set]
	f := fact{kind: factSet, name: set.Name, key: "eventSets." + set.Name, pos: set.Pos, is: set, flow: received}
	if owner == nil {
		f.path, f.group = "eventSets."+set.Name, "event set "+set.Name
	} else {
		f.path = owner.path
	}
	var includes []string
	for _, ref := range set.Includes {
		includes = append(includes, ref.Set.Name)
	}
	f.attrs = []attr{listAttr("includes", includes)}
	if owner == nil || owner.kind == factBroadcast {
		f.attrs = append(append(f.attrs, attribute("goName", set.GoName), proseAttr("doc", set.Doc)), evidence(set.Evidence, from)...)
	}
	parent := c.add(owner, f)
	for _, m := range set.Events {
		c.message(parent, "events", factEvent, m, set.Evidence, received)
	}
}

func (c *collector) message(parent *fact, section string, kind factKind, m *spec.Message, from spec.Evidence, way flow) {
	f := c.below(parent, section, fact{kind: kind, name: m.Name, pos: m.Pos, is: m, flow: way,
		attrs: append(c.messageAttrs(m), evidence(m.Evidence, from)...)})
	c.fields(f, "fields", factField, m.Fields, m.Evidence, way)
}

func (c *collector) messageAttrs(m *spec.Message) []attr {
	body := attribute("body", "null")
	switch {
	case m.Body != nil:
		body = c.typeAttr("body", m.Body)
	case len(m.Fields) > 0:
		body = attribute("body", "fields of its own")
	}
	return []attr{body, attribute("as", m.As), attribute("goName", m.GoName), proseAttr("doc", m.Doc)}
}

func (c *collector) request(r *spec.Request, from spec.Evidence) {
	f := fact{kind: factRequest, name: r.Name, path: "requests." + r.Name, group: "request " + r.Name, pos: r.Pos, is: r, flow: sent,
		attrs: append(append([]attr{
			attribute("role", string(r.Role)), attribute("reply", r.Reply), attribute("method", r.Method),
			attribute("credential", credentialWord(r.Credential)), switchAttr("bodyOptional", r.BodyOptional), listAttr("aliases", r.Aliases),
		}, c.messageAttrs(&r.Message)...), evidence(r.Evidence, from)...)}
	switch r.Role {
	case spec.RoleConnect, spec.RoleDisconnect, spec.RoleSend, spec.RoleCall:
		// There is one of each role: another name is another word for it.
		f.key = "role " + string(r.Role)
		f.attrs = append([]attr{attribute("name", r.Name)}, f.attrs...)
	}
	c.fields(c.add(nil, f), "fields", factField, r.Fields, r.Evidence, sent)
}

func (c *collector) typ(t *spec.Type, from spec.Evidence) {
	name := c.newName(t.Name)
	attrs := []attr{attribute("kind", kindWords[t.Kind]), attribute("union", t.Discriminator), switchAttr("empty", t.Empty)}
	var embeds, newEmbeds []string
	for _, ref := range t.Embeds {
		embeds = append(embeds, ref.Type.Name)
		newEmbeds = append(newEmbeds, c.newName(ref.Type.Name))
	}
	attrs = append(attrs, attr{name: "embeds", items: embeds, same: strings.Join(newEmbeds, "\n")},
		attribute("goName", t.GoName), proseAttr("doc", t.Doc))
	f := c.add(nil, fact{kind: factType, name: t.Name, key: "types." + name, path: "types." + t.Name, group: "type " + t.Name, pos: t.Pos, is: t,
		flow: c.flows[t], attrs: append(attrs, evidence(t.Evidence, from)...)})
	if name != t.Name {
		f.group = "type " + name
	}
	c.fields(f, "fields", factField, t.Fields, t.Evidence, 0)
	for _, v := range t.Values {
		c.below(f, "enum", fact{kind: factValue, name: v.Value, pos: v.Pos, is: v,
			attrs: append([]attr{attribute("goName", v.GoName), proseAttr("doc", v.Doc)}, evidence(v.Evidence, t.Evidence)...)})
	}
	for _, v := range t.Variants {
		variant := c.below(f, "variants", fact{kind: factVariant, name: v.Tag, pos: v.Pos, is: v,
			attrs: append([]attr{attribute("goName", v.GoName), proseAttr("doc", v.Doc)}, evidence(v.Evidence, t.Evidence)...)})
		c.fields(variant, "fields", factField, v.Fields, v.Evidence, 0)
	}
}

var kindWords = map[spec.Kind]string{
	spec.KindID: "id", spec.KindEnum: "enum", spec.KindObject: "object", spec.KindUnion: "union",
}

func (c *collector) fields(parent *fact, section string, kind factKind, list []*spec.Field, from spec.Evidence, way flow) {
	for _, field := range list {
		f := c.field(field, from)
		f.kind, f.flow = kind, way
		c.below(parent, section, f)
	}
}

func (c *collector) field(f *spec.Field, from spec.Evidence) fact {
	presence := "required"
	if f.Optional {
		presence = "optional"
	}
	return fact{name: f.Name, pos: f.Pos, is: f, attrs: append([]attr{
		c.typeAttr("type", f.Type), attribute("presence", presence), attribute("default", f.Default),
		switchAttr("noEmptyItems", f.NoEmptyItems), attribute("goName", f.GoName), proseAttr("doc", f.Doc),
	}, evidence(f.Evidence, from)...)}
}

func (c *collector) typeAttr(name string, t *spec.TypeExpr) attr {
	return attr{name: name, value: t.String(), same: t.Text(func(t *spec.Type) string { return c.newName(t.Name) })}
}

func (c *collector) newName(name string) string {
	if other, ok := c.renamed[name]; ok {
		return other
	}
	return name
}

// evidence says where a fact comes from.
func evidence(e, parent spec.Evidence) []attr {
	seen := listAttr("seen", e.Seen)
	if len(e.Seen) == 0 {
		seen = listAttr("seen", []string{"source"})
	}
	since := attribute("since", e.Since)
	seen.inherited, since.inherited = slices.Equal(e.Seen, parent.Seen), e.Since == parent.Since
	return []attr{switchAttr("unpublished", e.Unpublished), seen, since}
}

// flows tells which types the server sends and which the client does. What no
// message carries is for API calls, and counts as received.
func flows(s *spec.Spec) map[*spec.Type]flow {
	fromServer, fromClient := spec.TypeSet{}, spec.TypeSet{}
	for _, set := range s.EventSets {
		fromServer.AddMessages(set.Events...)
	}
	if s.Broadcasts != nil {
		fromServer.AddMessages(s.Broadcasts.Events...)
	}
	for _, c := range s.Captures {
		fromServer.AddMessages(c.Events.Events...)
		fromClient.AddFields(c.Key)
	}
	for _, c := range s.Channels {
		fromClient.AddFields(c.Params...)
		fromClient.AddMessages(c.Sends...)
	}
	for _, r := range s.Requests {
		fromClient.AddMessages(&r.Message)
	}
	for _, t := range s.Types {
		if !fromServer[t] && !fromClient[t] {
			fromServer.Add(t)
		}
	}
	ways := map[*spec.Type]flow{}
	for _, t := range s.Types {
		if fromServer[t] {
			ways[t] |= received
		}
		if fromClient[t] {
			ways[t] |= sent
		}
	}
	return ways
}
