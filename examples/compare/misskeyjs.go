package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// misskeyJSFiles are misskey-js's client, and which packages it stands on, to the
// byte.
//
//go:embed misskeyjs
var misskeyJSFiles embed.FS

// installTimeout bounds npm, which waits long for a registry that does not answer.
const installTimeout = 3 * time.Minute

// misskeyJSClient is misskey-js's client where it can run.
type misskeyJSClient struct {
	command []string
	version string // of misskey-js
	node    string
}

// installMisskeyJS puts misskey-js and its client into dir. An error says why
// there can be none on this machine.
func installMisskeyJS(ctx context.Context, dir string) (*misskeyJSClient, error) {
	ctx, cancel := context.WithTimeout(ctx, installTimeout)
	defer cancel()
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, errors.New("there is no node on the PATH")
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, errors.New("there is no npm on the PATH")
	}
	nodeVersion, err := exec.CommandContext(ctx, node, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("node --version: %w", err)
	}
	if err := os.CopyFS(dir, misskeyJSFiles); err != nil {
		return nil, err
	}
	dir = filepath.Join(dir, "misskeyjs")
	install := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	install.Dir, install.WaitDelay = dir, time.Second
	if said, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm ci: %w: %s", err, bytes.TrimSpace(said))
	}
	var installed struct{ Version string }
	text, err := os.ReadFile(filepath.Join(dir, "node_modules", "misskey-js", "package.json"))
	if err == nil {
		err = json.Unmarshal(text, &installed)
	}
	if err != nil {
		return nil, fmt.Errorf("npm ci: %w", err)
	}
	return &misskeyJSClient{
		command: []string{node, filepath.Join(dir, "client.mjs")},
		version: installed.Version,
		node:    strings.TrimSpace(string(nodeVersion)),
	}, nil
}
