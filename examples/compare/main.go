// Compare measures misskeyactor beside other clients on one machine, prints the
// figures, and says of each goal that BENCHMARKS.md names whether it is reached:
//
//	go run ./examples/compare
//
// It takes some minutes; -quick gives a first impression in one. Every client is a
// process of its own, and so is the server that sends it real notes over loopback,
// so that what each uses of the processors can be told apart. The clients run in
// turn, round by round. misskey-js comes through npm, in the version that
// misskeyjs/package.json names; without Node and npm it is left out. It needs a
// Unix system, and a checkout of this repository for goal 7.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
)

func main() {
	// With SIGPIPE, a reader of the output that has enough is an error and not an end
	// that leaves processes and files behind.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// run is the command, or one of the processes that it starts of itself.
func run(ctx context.Context, args []string, in io.Reader, out, progress io.Writer) error {
	if len(args) > 0 {
		switch args[0] {
		case "serve":
			return serve(ctx, args[1:], in, out)
		case "client":
			return runClient(ctx, args[1:], out)
		}
	}
	s, file, err := parse(args, progress)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	return compare(ctx, s, file, out, progress)
}

// compare measures, prints what came of it, and writes it to a file, if one is
// named.
func compare(ctx context.Context, s settings, file string, out, progress io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	// Before it takes minutes.
	sink := io.Discard
	if file != "" {
		f, err := os.Create(file)
		if err != nil {
			return err
		}
		defer f.Close()
		sink = f
	}
	if s.profiles != "" {
		if err := os.MkdirAll(s.profiles, 0o755); err != nil {
			return err
		}
	}
	dir, err := os.MkdirTemp("", "compare-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()

	c := &comparison{
		settings: s,
		runner:   &runner{self: self, batch: s.batch, profiles: s.profiles},
		results:  newResults(),
		progress: progress,
	}
	m := thisMachine()
	if s.wants(1) {
		js, err := installMisskeyJS(ctx, dir)
		if err != nil {
			fmt.Fprintln(progress, "misskey-js is left out:", err)
			c.results.leaveOut(key{oneSubscription, misskeyJS}, err)
		} else {
			c.runner.node, m.MisskeyJS, m.Node = js.command, js.version, js.node
		}
	}
	err = c.run(ctx)
	printed := &checked{w: out}
	printResults(printed, s, m, c.rate, c.results)
	return errors.Join(err, printed.err, newReport(s, m, c.rate, c.results).write(sink))
}

// checked remembers what went wrong with what nobody looks at while they write.
type checked struct {
	w   io.Writer
	err error
}

func (c *checked) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("printing: %w", err)
	}
	return n, err
}

// parse reads the flags.
func parse(args []string, usage io.Writer) (s settings, file string, err error) {
	flags := flag.NewFlagSet("compare", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // the error says it
	flags.IntVar(&s.rounds, "rounds", 5, "how often each client is measured")
	flags.IntVar(&s.notes, "notes", 100_000, "notes that each client gets in a round")
	flags.StringVar(&file, "json", "", "also write every outcome to this `file`")
	flags.IntVar(&s.batch, "batch", defaultBatch, "`bytes` that the server writes in one call; 1 writes every frame by itself")
	flags.StringVar(&s.profiles, "profiles", "", "also write a profile of each client into this `directory`; it costs some of what is measured")
	only := flags.String("only", "", "`goals` to measure, as in 1,3,4; all by default")
	quick := flags.Bool("quick", false, "one round, with a tenth of the notes")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		flags.SetOutput(usage)
		flags.Usage()
		return s, "", err
	} else if err != nil {
		return s, "", fmt.Errorf("%w; see -help", err)
	}
	if flags.NArg() > 0 {
		return s, "", fmt.Errorf("unexpected argument %q; see -help", flags.Arg(0))
	}
	if *quick {
		s.rounds, s.notes = 1, s.notes/10
	}
	if s.batch < 1 {
		return s, "", fmt.Errorf("-batch wants at least 1 byte, got %d", s.batch)
	}
	if s.rounds < 1 {
		return s, "", fmt.Errorf("-rounds wants at least 1, got %d", s.rounds)
	}
	if s.notes < minNotes {
		return s, "", fmt.Errorf("-notes wants at least %d, got %d", minNotes, s.notes)
	}
	for _, field := range strings.FieldsFunc(*only, func(r rune) bool { return r == ',' }) {
		goal, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || goal < 1 || goal > lastGoal {
			return s, "", fmt.Errorf("-only wants goals from 1 to %d, got %q", lastGoal, field)
		}
		s.only = append(s.only, goal)
	}
	s.builds, s.captures, s.sockets = min(s.rounds, 3), 100_000, 100
	return s, file, nil
}

const (
	minNotes = 200 // a few for each of 100 sockets
	lastGoal = 7
)
