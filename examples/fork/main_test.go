package main

import (
	"bytes"
	"testing"

	"go.uber.org/goleak"
)

func TestBotAndLoungeTalk(t *testing.T) {
	defer goleak.VerifyNone(t)
	var out bytes.Buffer
	if err := run(&out); err != nil {
		t.Fatal(err)
	}
	if out.String() != conversation {
		t.Errorf("printed %q, want %q", out.String(), conversation)
	}
}

const conversation = "alice: Is anybody there?\nbot: Hello, alice!\n"
