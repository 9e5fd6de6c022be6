package main

import (
	"slices"
	"strings"
)

// command is one word of the command line.
type command struct {
	name  string // as it is typed, that of a group included: "import openapi"
	short string // what it does, in the list of commands
	usage string // how it is called, what it does, its flags, examples
	run   func(*task) error
	words []*command // of a group, which has no run
}

// commands are listed as a person comes to need them.
func commands() []*command {
	return []*command{
		{name: "init", short: "begin a spec of your own", usage: initUsage, run: initialise},
		{name: "generate", short: "write the bindings of a spec", usage: generateUsage, run: generate},
		{name: "check", short: "compare the bindings with the spec", usage: checkUsage, run: check},
		{name: "diff", short: "tell what differs between two specs", usage: diffUsage, run: diff},
		{name: "breaking", short: "find what a new spec breaks of the bots of an old one", usage: breakingUsage, run: breaking},
		{name: "doc", short: "print a reference of the channels", usage: docUsage, run: doc},
		{name: "import", short: "seed a spec from a document, or compare it", usage: importUsage, words: []*command{
			{name: "import openapi", short: "print the entities of an OpenAPI document as YAML, or compare them", usage: importOpenAPIUsage, run: importOpenAPI},
			{name: "import dts", short: "print what misskey-js declares as YAML, or compare it", usage: importDTSUsage, run: importDTS},
		}},
		{name: "observe", short: "hold recordings of frames against a spec", usage: observeUsage, run: observeRecordings},
		{name: "schema", short: "print the JSON Schema of spec files, for editors", usage: schemaUsage, run: schema},
		{name: "explain", short: "tell what the code of a message stands for", usage: explainUsage, run: explain},
	}
}

// helpCommand is known apart, because it looks at all the others.
var helpCommand = &command{
	name:  "help",
	short: "tell more about a command",
	usage: "misskeygen help [COMMAND]\n\nTells more about a command, or lists them all.\n\n  misskeygen help import openapi\n",
}

// find follows the words that name a command and returns it with the words
// behind. Where they end at a group, or at none, it says what was missed.
func find(list []*command, args []string) (c *command, rest []string, err error) {
	group := ""
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		i := slices.IndexFunc(list, func(c *command) bool { return lastWord(c.name) == args[0] })
		if i < 0 {
			return c, args, wrongCallf("there is no command %q%s", strings.TrimSpace(group+" "+args[0]), didYouMean(args[0], lastWords(list)))
		}
		c, args = list[i], args[1:]
		if c.words == nil {
			return c, args, nil
		}
		list, group = c.words, c.name
	}
	return c, args, nil
}

func lastWord(name string) string { return name[strings.LastIndexByte(name, ' ')+1:] }

func lastWords(list []*command) []string {
	words := make([]string, len(list))
	for i, c := range list {
		words[i] = lastWord(c.name)
	}
	return words
}
