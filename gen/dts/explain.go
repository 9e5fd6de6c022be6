package dts

import (
	"maps"
	"slices"

	"github.com/misskeyactor/misskeyactor/spec"
)

// Explanations returns the explanation of every code of this package, sorted
// by code. The slice is the caller's.
func Explanations() []spec.Explanation {
	var all []spec.Explanation
	for _, code := range slices.Sorted(maps.Keys(explained)) {
		e := explained[code]
		e.Code = code
		all = append(all, e)
	}
	return all
}

// explained has the explanation of each code. A snippet stands for
// streaming.types.d.ts, which has Channels and BroadcastEvents besides.
var explained = map[spec.Code]spec.Explanation{
	CodeFile: {
		Title: "a file of the package is not there, too large or no text",
		Text: `The declarations of the streaming API import types from other files of the package, and one of these is not there, has more than 8 MiB, or is not UTF-8.

Give the package as npm unpacks or publishes it, with all of its files.`,
		Wrong: `import { Note } from './missing.js';
export type Channels = { home: { params: null; events: { note: (payload: Note) => void }; receives: null } };
`,
		Right: `type Note = { id: string };
export type Channels = { home: { params: null; events: { note: (payload: Note) => void }; receives: null } };
`,
	},
	CodeToken: {
		Text: `A character, a number, an escape in a string, or a string or comment without end, that the declarations have not had so far. The importer reads just as much of TypeScript as they use, and guesses at nothing.

If the file is whole, the package has come to use more of the language, and the importer has to learn it.`,
		Title: "a character, number or string is not known",
		Wrong: "type Greeting = `hello ${string}`;\n",
		Right: "type Greeting = 'hello' | 'good evening';\n",
	},
	CodeStatement: {
		Title: "a statement is of a kind that is not known",
		Text: `Files of declarations are read that import, export, and declare types, interfaces and constants. Classes, functions, enums and namespaces have not stood in the files that the streaming API needs.

If one of these files has come to have others, the importer has to learn them, be it to pass over them by a rule of their own.`,
		Wrong: "export declare class Stream { }\n",
		Right: "export type Stream = { };\n",
	},
	CodeSyntax: {
		Title: "something stands where the grammar has no place for it",
		Text: `At this place the importer knows something else than what stands there. The hint says what.

See whether the file is whole. If it is, the package has come to use a form of type that the importer has to learn.`,
		Wrong: "type Kind = string extends infer T ? T : never;\n",
		Right: "type Kind = string;\n",
	},
	CodeDeep: {
		Title: "types are nested too deep, or made of too many others",
		Text: `A type may nest 100 deep, reading all of the declarations may take a million steps, which is over twenty times as many as the package needs, and they may stand in 32 files. A type that has itself among its members has no end at all, unless it is a schema of the server's API, which is known by its name.

See whether the file is whole.`,
		Wrong: `type Tree = { branches: Tree[] };
export type Channels = { forest: { params: null; events: { grown: (payload: Tree) => void }; receives: null } };
`,
		Right: `type Tree = { branches: string[] };
export type Channels = { forest: { params: null; events: { grown: (payload: Tree) => void }; receives: null } };
`,
	},
	CodeTwice: {
		Title: "a name is declared twice",
		Text:  `A file declares two types, two constants or two members of one name, of which only one can be meant. See whether the file is whole, or two of them were put into one.`,
		Wrong: "type Sender = { id: string; id: number };\n",
		Right: "type Sender = { id: string; host: number };\n",
	},
	CodeName: {
		Title: "a name is declared nowhere",
		Text: `A type or constant is used that the file does not declare, that no file of the package exports to it, and that is not built into the language as far as the importer knows it.

See whether the files belong to one version of the package. A utility type of the language that is used for the first time has to be taught to the importer.`,
		Wrong: `export type Channels = { home: { params: Awaited<string>; events: {}; receives: null } };
`,
		Right: `export type Channels = { home: { params: Partial<{ id: string }>; events: {}; receives: null } };
`,
	},
	CodeMember: {
		Title: "a type has no member of that name",
		Text:  `The type of a member is asked for, as in Note['id'], and there is no such member, or not in every case of a choice. See whether the files belong to one version of the package.`,
		Wrong: `type Note = { id: string };
export type Channels = { home: { params: null; events: { gone: (payload: Note['uid']) => void }; receives: null } };
`,
		Right: `type Note = { id: string };
export type Channels = { home: { params: null; events: { gone: (payload: Note['id']) => void }; receives: null } };
`,
	},
	CodeType: {
		Title: "a type cannot be sent, or is not understood",
		Text: `What goes over the socket is JSON: strings, numbers, booleans, null, lists and objects. A function or a type without values is none of these; types that are made from others key by key are understood only as far as the streaming API needs them.

If the declarations use such a type for what is sent, the importer has to learn it.`,
		Wrong: `export type Channels = { home: { params: { done: () => void }; events: {}; receives: null } };
`,
		Right: `export type Channels = { home: { params: { done: boolean }; events: {}; receives: null } };
`,
	},
	CodeCircle: {
		Title: "a type is defined by itself",
		Text:  `Names stand for one another in a circle, so that they stand for nothing. See whether the file is whole.`,
		Wrong: `type A = B;
type B = A;
export type Channels = { home: { params: { a: A }; events: {}; receives: null } };
`,
		Right: `type A = B;
type B = string;
export type Channels = { home: { params: { a: A }; events: {}; receives: null } };
`,
	},
	CodeForm: {
		Title: "the declaration of a channel or event is not of the form expected",
		Text: `A channel is declared as an object with params, events and receives, and an event as a function that takes the event's body alone and returns nothing.

Declarations of another form say something that the importer does not know how to take: see what it is, and teach it.`,
		Wrong: `export type Channels = { home: { params: null; events: { note: (payload: string, at: number) => void }; receives: null } };
`,
		Right: `export type Channels = { home: { params: null; events: { note: (payload: string) => void }; receives: null } };
`,
	},
}
