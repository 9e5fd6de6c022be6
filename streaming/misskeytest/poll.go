package misskeytest

import (
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

type poll struct {
	multiple bool
	expires  time.Time // zero = never
	choices  []pollChoice
}

type pollChoice struct {
	text   string
	voters []*User
}

func newPoll(choices []string) *poll {
	p := &poll{}
	for _, c := range choices {
		p.choices = append(p.choices, pollChoice{text: c})
	}
	return p
}

func (p *poll) votedBy(u *User) bool {
	return slices.ContainsFunc(p.choices, func(c pollChoice) bool { return slices.Contains(c.voters, u) })
}

// Vote makes u vote for a choice of a note's poll, the first being 0:
// `pollVoted` to its captures.
func (u *User) Vote(id misskey.NoteID, choice int) {
	act(u, "Vote", func() (struct{}, *apiError) { return struct{}{}, u.server.vote(u, id, choice) })
}

func (s *Server) vote(u *User, id misskey.NoteID, choice int) *apiError {
	n := s.notes.get(id)
	switch {
	case n == nil || !s.visible(n, u.ID):
		return errNoSuchNoteVote
	case n.poll == nil:
		return errNoPoll
	case u.blockedBy(n.user):
		return errBlockedVote
	case !n.poll.expires.IsZero() && n.poll.expires.Before(s.now()):
		return errPollExpired
	case choice < 0 || choice >= len(n.poll.choices):
		return errInvalidChoice
	}
	c := &n.poll.choices[choice]
	if slices.Contains(c.voters, u) || !n.poll.multiple && n.poll.votedBy(u) {
		return errAlreadyVoted
	}
	c.voters = append(c.voters, u)
	s.updateNote(n, "pollVoted", pollVotedBody{Choice: choice, UserID: u.ID})
	return nil
}

type pollVotedBody struct {
	Choice int            `json:"choice"`
	UserID misskey.UserID `json:"userId"`
}

// endPoll notifies the author and all who voted, each once.
func (s *Server) endPoll(n *note) {
	if n.deleted {
		return
	}
	concerned := []*User{n.user}
	for _, c := range n.poll.choices {
		for _, u := range c.voters {
			if !slices.Contains(concerned, u) {
				concerned = append(concerned, u)
			}
		}
	}
	for _, u := range concerned {
		s.notify(u, notificationContent{kind: misskey.NotificationKindPollEnded, note: n})
	}
}
