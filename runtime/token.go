package runtime

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// TokenSource gives a client its token.
type TokenSource interface {
	// Token returns the account's token as it is now. It is called before every
	// dial and every call of the API, from several goroutines; a source that
	// has to ask somebody keeps what it was told. When the server refuses the
	// token, the client asks once more and gives up only if it is given the same
	// one again. An error counts as a dial that failed, and is tried again.
	Token(ctx context.Context) (string, error)
}

// TokenSourceFunc is a function as a TokenSource.
type TokenSourceFunc func(ctx context.Context) (string, error)

// Token calls f.
func (f TokenSourceFunc) Token(ctx context.Context) (string, error) { return f(ctx) }

// fixedToken is the source of WithToken.
type fixedToken string

func (t fixedToken) Token(context.Context) (string, error) { return string(t), nil }

// checkToken refuses what no token can be. The error does not repeat it.
func checkToken(token string) error {
	switch {
	case token == "":
		return errors.New("the token is empty")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("the token has a character no token has, such as a space or a line end")
	}
	return nil
}

// token returns the client's token, "" for an anonymous one.
func (s *Session) token(ctx context.Context) (string, error) {
	source := s.config.token
	if source == nil {
		return "", nil
	}
	token, err := ask(ctx, source)
	if err == nil {
		err = checkToken(token)
	}
	if err != nil {
		return "", fmt.Errorf("misskey: token source: %w", err)
	}
	s.recording.know(token)
	return token, nil
}

// ask asks a source, which is the user's and may panic: on a goroutine that has
// nobody else to recover it.
func ask(ctx context.Context, source TokenSource) (token string, err error) {
	if crash := contain(func() { token, err = source.Token(ctx) }); crash != nil {
		return "", crash
	}
	return token, err
}

// renewed reports whether the token that the server has refused is no longer the
// one that the source gives. A source that fails may have one later.
func (s *Session) renewed(ctx context.Context, refused string) bool {
	now, err := s.token(ctx)
	return err != nil || now != refused
}
