package dts

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/gen/upstream"
	"github.com/misskeyactor/misskeyactor/spec"
)

// API is what the declarations say of the streaming API, in their order. It is
// immutable.
type API struct {
	Version    string // of the package, as in 2026.5.1; "" when it does not say
	Channels   []*Channel
	Broadcasts []*Message
	Captures   []*Capture
	Entities   []*upstream.Schema // all of the server's API
	// NotificationKinds are the kinds that clients know settings for.
	NotificationKinds []upstream.Value
}

// Channel is a channel that a client can connect to.
type Channel struct {
	spec.Pos
	Name   string
	Params []upstream.Field
	Events []*Message
	Sends  []*Message
}

// Message is an event, a broadcast or a send.
type Message struct {
	spec.Pos
	Name string
	Body *upstream.Shape // nil when it is null
}

// Capture is what is sent of one thing that a client follows.
type Capture struct {
	spec.Pos
	Name   string // as in "note", of the frame type noteUpdated
	Update string // the frame type
	Key    []upstream.Field
	Events []*Message
}

// IsEntity reports whether the server's API has an entity of this name.
func (a *API) IsEntity(name string) bool {
	return slices.ContainsFunc(a.Entities, func(e *upstream.Schema) bool { return e.Name == name })
}

// The files of the package, below the directory that holds them.
const (
	entryFile     = "streaming.types.d.ts"
	constantsFile = "consts.d.ts"
)

// ErrNoPackage is returned by Read when a directory holds no declarations.
var ErrNoPackage = errors.New("there is no built/" + entryFile + ": this is not the npm package misskey-js")

// Read reads the package misskey-js as npm unpacks it: the declarations lie in
// built below dir, in package/built below dir, or in dir itself. Only the
// files that the streaming API needs are read.
//
// When they have faults, or use what is not understood, Read returns no API
// and an error of type spec.Diagnostics with all that were found. Any other
// error is ErrNoPackage, wrapped, or one of fsys.
func Read(fsys fs.FS, dir string) (*API, error) {
	for _, sub := range []string{"built", "package/built", "."} {
		built := path.Join(dir, sub)
		switch _, err := fs.Stat(fsys, path.Join(built, entryFile)); {
		case err == nil:
			return readBuilt(fsys, built)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s: %w", dir, ErrNoPackage)
}

func readBuilt(fsys fs.FS, built string) (*API, error) {
	r := &reader{resolver: resolver{files: files{
		fsys: fsys, modules: map[string]*module{}, lines: map[string][]string{},
	}}}
	r.api.Version = version(fsys, path.Join(path.Dir(built), "package.json"))
	r.read(built)
	if r.err != nil {
		return nil, r.err
	}
	if len(r.faults) > 0 {
		r.faults.Sort()
		return nil, r.faults
	}
	return &r.api, nil
}

// version returns what the package says of itself, if anything.
func version(fsys fs.FS, file string) string {
	var manifest struct {
		Version string `json:"version"`
	}
	text, err := fs.ReadFile(fsys, file)
	if err != nil || json.Unmarshal(text, &manifest) != nil {
		return ""
	}
	return manifest.Version
}

// reader finds the streaming API in the declarations.
type reader struct {
	resolver
	api API
}

func (r *reader) read(built string) {
	entry, err := r.module(path.Join(built, entryFile))
	if entry == nil {
		r.err = err
		return
	}
	global := &scope{module: entry}
	start := at{File: entry.file, Line: 1, Column: 1}
	of := func(text string) located { return located{&name{at: start, text: text}, global} }
	r.try(func() {
		for _, p := range r.members(of("Channels"), "the type Channels") {
			r.try(func() { r.channel(p) })
		}
	})
	r.try(func() {
		for _, p := range r.members(of("BroadcastEvents"), "the type BroadcastEvents") {
			r.try(func() { r.broadcast(p) })
		}
	})
	r.try(func() { r.readKinds(path.Join(built, constantsFile)) })
	r.try(r.readEntities)
}

// members returns those of one object.
func (r *reader) members(l located, what string) []part {
	all := r.alternatives(l)
	if len(all) != 1 {
		r.fail(l.pos(), CodeForm, "The importer expects one object here, so far the form of these declarations.",
			"%s is a choice of %d objects", what, len(all))
	}
	return all[0]
}

func (r *reader) channel(p part) {
	c := &Channel{Pos: p.Pos, Name: p.name}
	what := "the channel " + spec.Quote(p.name)
	for _, section := range r.members(p.typ, what) {
		switch {
		case section.name != "params" && section.name != "events" && section.name != "receives":
			r.fail(section.Pos, CodeForm, "The importer knows params, events and receives. If channels have come to say more, it has to learn that.",
				"%s has the member %s", what, spec.Quote(section.name))
		case r.isNothing(section.typ):
			continue
		}
		for _, m := range r.members(section.typ, spec.Quote(section.name)+" of "+what) {
			r.try(func() { c.add(r, section.name, m) })
		}
	}
	r.api.Channels = append(r.api.Channels, c)
}

func (c *Channel) add(r *reader, section string, p part) {
	switch section {
	case "params":
		c.Params = append(c.Params, r.field(p))
	case "events":
		c.Events = append(c.Events, r.message(p, r.handled(p)))
	case "receives":
		c.Sends = append(c.Sends, r.message(p, p.typ))
	}
}

// handled returns the body of an event: what the function takes that handles
// it. A type that is no function is the body itself.
func (r *reader) handled(p part) located {
	to := r.resolve(p.typ)
	f, ok := to.node.(*function)
	if !ok {
		return p.typ
	}
	s := &scope{module: to.module, bound: map[string]located{}}
	for k, v := range to.bound {
		s.bound[k] = v
	}
	for _, param := range f.typeParams { // the body may be of any type that these allow
		bound := param.bound
		if bound == nil {
			bound = &name{at: f.at, text: "unknown"}
		}
		s.bound[param.name] = located{bound, s}
	}
	if !r.isName(located{f.result, s}, "void") {
		r.fail(f.result.pos(), CodeForm, "Events are declared as functions that return nothing, so far.", "the function returns something")
	}
	switch len(f.params) {
	case 0:
		return located{&name{at: f.at, text: "null"}, s}
	case 1:
		return located{f.params[0].typ, s}
	}
	r.fail(f.params[1].Pos, CodeForm, "Events are declared as functions of their body alone, so far.", "the function takes a second parameter")
	return located{}
}

func (r *reader) message(p part, body located) *Message {
	m := &Message{Pos: p.Pos, Name: p.name}
	if s, _ := r.shape(body); s.Form != upstream.Null {
		m.Body = s
	}
	return m
}

func (r *reader) broadcast(p part) {
	body := r.handled(p)
	if c := r.capture(p, body); c != nil {
		r.api.Captures = append(r.api.Captures, c)
		return
	}
	r.api.Broadcasts = append(r.api.Broadcasts, r.message(p, body))
}

// capture reads the updates of a capture: a choice of objects, each with the
// type of an event and its body, and besides what names the thing. It returns
// nil when the body is something else.
func (r *reader) capture(p part, body located) *Capture {
	if r.isNothing(body) || r.resolve(body).entity != "" {
		return nil
	}
	switch r.resolve(body).node.(type) {
	case *object, *union, *intersection:
	default:
		return nil
	}
	all := r.alternatives(body)
	c := &Capture{Pos: p.Pos, Name: strings.TrimSuffix(p.name, "Updated"), Update: p.name}
	for i, parts := range all {
		event := &Message{}
		for _, q := range parts {
			switch q.name {
			case "type":
				tag, ok := r.resolve(q.typ).node.(*literal)
				if !ok || tag.number {
					return nil
				}
				event.Name, event.Pos = tag.text, tag.pos()
			case "body":
				if s, _ := r.shape(q.typ); s.Form != upstream.Null {
					event.Body = s
				}
			default:
				if i == 0 {
					c.Key = append(c.Key, r.field(q))
				}
			}
		}
		if event.Name == "" {
			return nil
		}
		c.Events = append(c.Events, event)
	}
	return c
}

// readKinds finds the list of the kinds of notification, if there is one.
func (r *reader) readKinds(constants string) {
	m := r.modules[constants]
	if m == nil || m.constants["notificationTypes"] == nil {
		return
	}
	list := located{m.constants["notificationTypes"].typ, &scope{module: m}}
	kinds, _ := r.shape(r.item(list))
	r.api.NotificationKinds = kinds.Values
}

// readEntities reads the schemas of the server's API.
func (r *reader) readEntities() {
	for _, file := range slices.Sorted(maps.Keys(r.modules)) {
		m := r.modules[file]
		if m == nil || m.types["components"] == nil {
			continue
		}
		pos := at(m.types["components"].Pos)
		schemas := &access{&name{at: pos, text: "components"}, &literal{at: pos, text: "schemas"}}
		for _, p := range r.members(located{schemas, &scope{module: m}}, "components['schemas']") {
			r.try(func() { r.entity(p) })
		}
	}
}

func (r *reader) entity(p part) {
	to := r.resolve(p.typ)
	e := &upstream.Schema{Pos: p.Pos, Name: p.name}
	e.Shape, _ = r.apart(p.Pos, to)
	r.probe(func() {
		for _, parts := range r.alternatives(to.located) {
			e.Cases = append(e.Cases, r.objectFrom(parts))
		}
	})
	r.api.Entities = append(r.api.Entities, e)
}
