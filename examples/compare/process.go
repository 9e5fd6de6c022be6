package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A process is a program of its own that says what it has to say in JSON, a value
// to a line.
type process struct {
	name   string
	cmd    *exec.Cmd
	in     io.WriteCloser
	lines  *json.Decoder
	errors bytes.Buffer
}

// startProcess starts a program. It ends with ctx at the latest.
func startProcess(ctx context.Context, name string, command []string) (*process, error) {
	p := &process{name: name, cmd: exec.CommandContext(ctx, command[0], command[1:]...)}
	p.cmd.Stderr = &p.errors
	p.cmd.WaitDelay = time.Second
	out, err := p.cmd.StdoutPipe()
	if err == nil {
		p.in, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	p.lines = json.NewDecoder(out)
	return p, nil
}

// read reads the next thing it says.
func (p *process) read(v any) error {
	if err := p.lines.Decode(v); err != nil {
		// Why it says nothing more is what it ends with.
		return errors.Join(p.end(), fmt.Errorf("%s: %w", p.name, err))
	}
	return nil
}

// end lets it end, and waits for it. Only the first call has an effect.
func (p *process) end() error {
	if p.cmd.ProcessState != nil {
		return nil
	}
	p.in.Close()
	err := p.cmd.Wait()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", p.name, err, bytes.TrimSpace(p.errors.Bytes()))
	}
	return nil
}

// cpu is what it has used of the processors in all, once it has ended.
func (p *process) cpu() time.Duration {
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

// runner runs clients, each in a process of its own and with a server of its own,
// so that none inherits anything of another.
type runner struct {
	self     string   // this program, which is also its servers and clients
	node     []string // the command that misskey-js's client is
	batch    int      // see load
	profiles string   // directory for profiles of the clients; "" = none
	ran      int      // profiles so far
}

// run has a client do a job. The server sends at the rate, as fast as it can for
// zero.
func (r *runner) run(ctx context.Context, name string, j job, rate float64) (o outcome, err error) {
	ctx, cancel := context.WithTimeout(ctx, j.timeout())
	defer cancel()
	server, err := startProcess(ctx, "the frame server", []string{r.self, "serve",
		"-channels", strconv.Itoa(j.Sockets * j.Channels), "-notes", strconv.Itoa(j.Notes),
		"-rate", strconv.FormatFloat(rate, 'f', -1, 64), "-batch", strconv.Itoa(r.batch)})
	if err != nil {
		return outcome{}, err
	}
	defer func() {
		if ended := server.end(); err == nil {
			err = ended
		}
		o.Server = server.cpu().Seconds()
	}()
	if err := server.read(&j.URL); err != nil {
		return outcome{}, err
	}

	if r.profiles != "" {
		r.ran++
		j.Profile = filepath.Join(r.profiles, fmt.Sprintf("%03d %s.pprof", r.ran, strings.ReplaceAll(name, "/", "-")))
	}
	argument, err := json.Marshal(j)
	if err != nil {
		return outcome{}, err
	}
	command := []string{r.self, "client", name, string(argument)}
	if name == misskeyJS {
		command = append(slices.Clone(r.node), string(argument))
	}
	client, err := startProcess(ctx, name, command)
	if err != nil {
		return outcome{}, err
	}
	defer func() {
		if ended := client.end(); err == nil {
			err = ended
		}
	}()
	err = follow(client, server, &o)
	return o, err
}

// follow tells the server when the client is ready, and reads what came of it.
func follow(client, server *process, o *outcome) error {
	var said json.RawMessage
	if err := client.read(&said); err != nil {
		return err
	}
	if string(said) == `"ready"` {
		if _, err := fmt.Fprintln(server.in, "pour"); err != nil {
			return errors.Join(server.end(), err)
		}
		if err := client.read(&said); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(said, o); err != nil {
		return fmt.Errorf("%s says %s: %w", client.name, said, err)
	}
	return nil
}
