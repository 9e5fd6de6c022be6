package gen

import (
	"path"

	"github.com/dave/jennifer/jen"
)

// aliasFile prints the runtime's names.
func (p *printer) aliasFile() {
	s := p.binding("runtime.go")
	for i := 0; i < len(aliases); i++ {
		a := aliases[i]
		if a.kind != aliasConst && a.kind != aliasError {
			a.print(s)
			continue
		}
		group := []jen.Code{}
		for ; i < len(aliases) && aliases[i].kind == a.kind; i++ {
			group = append(group, doc{aliases[i].doc}.comment(1), jen.Id(aliases[i].name).Op("=").Add(aliases[i].original()))
		}
		i--
		if a.kind == aliasConst {
			s.Add(jen.Const().Defs(group...))
		} else {
			s.Add(jen.Var().Defs(group...))
		}
		s.Line()
	}
	p.done(s)
}

// original is the name in the runtime.
func (a alias) original() *jen.Statement {
	name := a.of
	if name == "" {
		name = a.name
	}
	return jen.Qual(path.Join(runtimePath, a.from), name)
}

// print prints an alias that stands alone.
func (a alias) print(s *source) {
	d := doc{a.doc}
	if a.kind == aliasType {
		s.declare(d, jen.Type().Id(a.name).Op("=").Add(a.original()))
		return
	}
	s.declare(d, jen.Func().Id(a.name).ParamsFunc(func(g *jen.Group) {
		printParams(g, a.params)
	}).Id(a.result).Block(jen.Return(a.original().CallFunc(func(g *jen.Group) {
		for _, p := range a.params {
			arg := g.Id(p.name)
			if p.variadic {
				arg.Op("...")
			}
		}
	}))))
}

// printParams prints a list of parameters; those that share a type stand
// before it together.
func printParams(g *jen.Group, params []param) {
	for i, p := range params {
		switch {
		case p.variadic:
			g.Id(p.name).Op("...").Add(p.typ)
		case i+1 < len(params) && params[i+1].typ == p.typ:
			g.Id(p.name)
		default:
			g.Id(p.name).Add(p.typ)
		}
	}
}

// clientMethod is a method that every client has, the session's own.
type clientMethod struct {
	name   string
	doc    string
	params []param
	result jen.Code // nil for none
}

var contextParam = param{name: "ctx", typ: jen.Qual("context", "Context")}

var clientMethods = []clientMethod{
	{name: "Call", params: []param{
		contextParam, {name: "endpoint", typ: jen.String()}, {name: "request", typ: anyType}, {name: "response", typ: anyType},
	}, result: jen.Error(),
		doc: "Call calls an endpoint of the API, as in \"notes/create\", for the client's account: by REST, or over the stream with" +
			" WithStreamCalls. request is encoded and response decoded by encoding/json; a nil request is {}, a nil response drops the" +
			" answer. Either way what the server refuses is an *APIError. Over the stream it returns ErrNotLive, with nothing sent, while" +
			" no socket is open; an *UnansweredError for a call that may have been done and was not answered; and ErrFrameTooLarge for an" +
			" answer that does not fit into WithMaxFrame, where what was asked is done."},
	{name: "Status", result: jen.Id("Status"),
		doc: "Status returns a snapshot of the client, its connections and subscriptions. It does not wait for any handler."},
	{name: "Reconnect",
		doc: "Reconnect drops every socket, or ends the pause before the next dial, and dials at once."},
	{name: "PID", result: jen.Op("*").Qual(actorPath, "PID"),
		doc: "PID returns the client's actor. It can be watched: it stops when the client is closed, by its user or for good by the server."},
	{name: "Done", result: jen.Op("<-").Chan().Struct(),
		doc: "Done returns a channel that is closed when the client is closed and all its actors and goroutines are gone."},
	{name: "Err", result: jen.Error(),
		doc: "Err returns why the client was closed: ErrClosed after Close, or the *HandshakeError that was final. It is nil before."},
	{name: "Close", params: []param{contextParam}, result: jen.Error(),
		doc: "Close closes the client: no new events are taken in, channels are disconnected, what waits in the inboxes is delivered, and" +
			" sockets closed. It returns nil when every goroutine of the client is gone. When ctx ends first, the rest of the inboxes is" +
			" dropped and the handlers' contexts are cancelled. A handler may call it with its own context; it then does not wait."},
}
