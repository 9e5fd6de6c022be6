package misskeytest

import (
	"slices"
	"strings"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// note is a post. An empty text or cw is null on the wire.
type note struct {
	id           misskey.NoteID
	created      time.Time
	user         *User
	text, cw     string
	visibility   misskey.NoteVisibility
	localOnly    bool
	acceptance   misskey.ReactionAcceptance // "" = every reaction
	visibleUsers []*User
	mentions     []*User
	tags         []string
	files        []misskey.DriveFile
	reply        *note
	renote       *note
	channel      *Channel
	poll         *poll
	reactions    []reaction // in the order they came
	renotes      int
	replies      int
	deleted      bool
}

// pureRenote reports whether the note only passes another on. With a text, a
// file, a poll or as a reply it is a quote.
func (n *note) pureRenote() bool {
	return n.renote != nil && n.text == "" && n.cw == "" && n.reply == nil && len(n.files) == 0 && n.poll == nil
}

// replyTo returns the note this one answers, nil when there is none or it has
// been deleted since.
func (n *note) replyTo() *note { return n.reply.alive() }

// renoteOf returns the renoted note, nil likewise.
func (n *note) renoteOf() *note { return n.renote.alive() }

func (n *note) alive() *note {
	if n == nil || n.deleted {
		return nil
	}
	return n
}

// noteStore keeps the notes by id, and in the order of their ids.
type noteStore struct {
	byID    map[misskey.NoteID]*note
	ordered []*note
}

func (s *noteStore) get(id misskey.NoteID) *note { return s.byID[id] }

func (s *noteStore) position(id misskey.NoteID) (int, bool) {
	return slices.BinarySearchFunc(s.ordered, id, func(n *note, id misskey.NoteID) int {
		return strings.Compare(string(n.id), string(id))
	})
}

func (s *noteStore) add(n *note) {
	i, taken := s.position(n.id)
	if taken {
		panic("misskeytest: there is a note " + string(n.id) + " already")
	}
	if s.byID == nil {
		s.byID = map[misskey.NoteID]*note{}
	}
	s.byID[n.id] = n
	s.ordered = slices.Insert(s.ordered, i, n)
}

func (s *noteStore) countBy(u *User) int {
	count := 0
	for _, n := range s.ordered {
		if n.user == u {
			count++
		}
	}
	return count
}

func (s *noteStore) remove(n *note) {
	if i, ok := s.position(n.id); ok {
		s.ordered = slices.Delete(s.ordered, i, i+1)
	}
	delete(s.byID, n.id)
}

// draft is a note that is being made.
type draft struct {
	id         misskey.NoteID
	text, cw   string
	visibility misskey.NoteVisibility
	to         []*User
	localOnly  bool
	acceptance misskey.ReactionAcceptance
	files      []misskey.DriveFile
	poll       *poll
	multiple   bool          // of the poll
	expire     time.Duration // of the poll, 0 = never
	expires    bool          // the poll, by a test's word
	channel    *Channel
	reply      *note
	renote     *note
	// Names and tags in the text count unless these say otherwise.
	ignoreNames, ignoreTags bool
}

// NoteOption says something about a note being made.
type NoteOption interface{ applyToNote(*draft) }

type noteOption func(*draft)

func (o noteOption) applyToNote(d *draft) { o(d) }

func (o IDOption) applyToNote(d *draft) { d.id = misskey.NoteID(o) }

// WithVisibility sets who may see the note; without it everyone may. For
// [misskey.NoteVisibilitySpecified] use [To].
func WithVisibility(v misskey.NoteVisibility) NoteOption {
	return noteOption(func(d *draft) { d.visibility = v })
}

// To makes the note visible to these users only.
func To(users ...*User) NoteOption {
	mustGive("To", "user", users...)
	return noteOption(func(d *draft) {
		d.visibility = misskey.NoteVisibilitySpecified
		d.to = append(d.to, users...)
	})
}

// WithCW puts the text behind a content warning.
func WithCW(cw string) NoteOption { return noteOption(func(d *draft) { d.cw = cw }) }

// LocalOnly keeps the note on this server.
func LocalOnly() NoteOption { return noteOption(func(d *draft) { d.localOnly = true }) }

// WithReactionAcceptance limits the reactions; with likeOnly every reaction
// becomes a ❤.
func WithReactionAcceptance(a misskey.ReactionAcceptance) NoteOption {
	return noteOption(func(d *draft) { d.acceptance = a })
}

// WithFiles attaches files: those of the author's drive, and others that are to
// appear in the note as they are described.
func WithFiles(files ...misskey.DriveFile) NoteOption {
	return noteOption(func(d *draft) { d.files = append(d.files, files...) })
}

// WithPoll attaches a poll in which everyone has one vote. It has two to ten
// choices, all of them different.
func WithPoll(choices ...string) NoteOption {
	return noteOption(func(d *draft) { d.poll = newPoll(choices) })
}

// MultipleChoice lets everyone vote for more than one choice of the note's poll.
func MultipleChoice() NoteOption { return noteOption(func(d *draft) { d.multiple = true }) }

// ExpiresAfter ends the note's poll after a while, a millisecond at least: its
// author and those who voted get a notification.
func ExpiresAfter(d time.Duration) NoteOption {
	return noteOption(func(n *draft) { n.expire, n.expires = d, true })
}

// InChannel posts into a channel. Such notes are local only.
func InChannel(c *Channel) NoteOption {
	mustGive("InChannel", "channel", c)
	return noteOption(func(d *draft) { d.channel = c })
}

// Post makes u post a note and returns it as notes/create does. Everyone named
// in the text as @username is mentioned, every #word is a tag. It panics over what
// notes/create refuses, as in "misskeytest: Post by @alice: INVALID_PARAM: ...":
// so do Reply, Renote, Quote and Schedule.
func (u *User) Post(text string, options ...NoteOption) misskey.Note {
	return u.post("Post", func(d *draft) *apiError { d.text = text; return nil }, options)
}

// Reply makes u answer a note.
func (u *User) Reply(to misskey.NoteID, text string, options ...NoteOption) misskey.Note {
	return u.post("Reply", func(d *draft) *apiError {
		d.text = text
		if d.reply = u.server.notes.get(to); d.reply == nil {
			return errNoSuchReplyTarget
		}
		return nil
	}, options)
}

// Renote makes u pass a note on without a word.
func (u *User) Renote(id misskey.NoteID, options ...NoteOption) misskey.Note {
	return u.Quote(id, "", options...)
}

// Quote makes u pass a note on with a text.
func (u *User) Quote(id misskey.NoteID, text string, options ...NoteOption) misskey.Note {
	return u.post("Renote", func(d *draft) *apiError {
		d.text = text
		if d.renote = u.server.notes.get(id); d.renote == nil {
			return errNoSuchRenoteTarget
		}
		return nil
	}, options)
}

func (u *User) post(what string, fill func(*draft) *apiError, options []NoteOption) misskey.Note {
	mustGive(what, "option", options...)
	return act(u, what, func() (misskey.Note, *apiError) {
		d := draft{visibility: misskey.NoteVisibilityPublic}
		if refused := fill(&d); refused != nil {
			return misskey.Note{}, refused
		}
		for _, o := range options {
			o.applyToNote(&d)
		}
		if refused := d.check(u, what); refused != nil {
			return misskey.Note{}, refused
		}
		n, refused := u.server.create(u, d)
		if refused != nil {
			return misskey.Note{}, refused
		}
		return u.server.packNote(n, packing{me: u.ID}), nil
	})
}

// Delete makes u delete a note of theirs: `deleted` to its captures. Replies to
// it and renotes of it stay.
func (u *User) Delete(id misskey.NoteID) {
	act(u, "Delete", func() (struct{}, *apiError) { return struct{}{}, u.server.deleteNote(u, id) })
}

// create makes the note and tells everyone.
func (s *Server) create(u *User, d draft) (*note, *apiError) {
	switch {
	case d.channel != nil && d.channel.archived:
		return nil, errNoSuchChannel
	case d.renote != nil && d.renote.pureRenote() && d.text == "" && d.poll == nil && len(d.files) == 0:
		return nil, errRenoteOfRenote
	case d.renote != nil && u.blockedBy(d.renote.user), d.reply != nil && u.blockedBy(d.reply.user):
		return nil, errBlockedByAuthor
	case d.renote != nil && !s.mayRenote(u, d.renote):
		return nil, errRenoteVisibility
	case d.reply != nil && d.reply.pureRenote():
		return nil, errReplyToRenote
	case d.reply != nil && !s.visible(d.reply, u.ID):
		return nil, errReplyToInvisible
	case d.reply != nil && d.reply.visibility == misskey.NoteVisibilitySpecified && d.visibility != misskey.NoteVisibilitySpecified:
		return nil, errReplyExtendsVisibility
	}
	if d.id == "" {
		d.id = misskey.NoteID(s.nextID())
	}
	n := &note{
		id:           d.id,
		created:      s.madeAt(string(d.id)),
		user:         u,
		text:         strings.TrimSpace(d.text),
		cw:           d.cw,
		visibility:   d.visibility,
		localOnly:    d.localOnly || d.channel != nil,
		acceptance:   d.acceptance,
		visibleUsers: slices.Clone(d.to),
		files:        d.files,
		reply:        d.reply,
		renote:       d.renote,
		channel:      d.channel,
		poll:         d.poll,
	}
	var names []string
	if !d.ignoreNames {
		names = findMentions(n.text + " " + n.cw)
	}
	if !d.ignoreTags {
		n.tags = findTags(n.text + " " + n.cw)
	}
	n.mentions = s.mentioned(n, names)
	if len(n.mentions) > int(s.policiesOf(u).MentionLimit) {
		return nil, errTooManyMentions
	}
	s.notes.add(n)
	if n.reply != nil {
		n.reply.replies++
	}
	if n.pureRenote() {
		n.renote.renotes++
	}
	if n.poll != nil {
		n.poll.multiple = d.multiple
		if d.expire > 0 {
			n.poll.expires = n.created.Add(d.expire)
			s.after(d.expire, func() { s.endPoll(n) })
		}
	}
	s.hashtags.use(n)
	s.fanNote(n)
	s.publishNote(n)
	s.tellAbout(n)
	s.notifyFollowers(n)
	return n, nil
}

// mentioned finds whom a note mentions: those named in it, the author of what
// it answers, and whoever it is specified to. Naming somebody in a specified
// note makes it visible to them.
func (s *Server) mentioned(n *note, names []string) []*User {
	var users []*User
	add := func(list *[]*User, u *User) {
		if u != nil && !slices.Contains(*list, u) {
			*list = append(*list, u)
		}
	}
	for _, name := range names {
		add(&users, s.userNamed(name))
	}
	if to := n.replyTo(); to != nil && to.user != n.user {
		add(&users, to.user)
	}
	if n.visibility == misskey.NoteVisibilitySpecified {
		for _, u := range users {
			add(&n.visibleUsers, u)
		}
		for _, u := range n.visibleUsers {
			add(&users, u)
		}
	}
	return users
}

// tellAbout sends `mention`, `reply` and `renote` to the main channels of those
// concerned, and one notification to each: a reply or a renote counts for more
// than a mention. Nobody is notified of what they do themselves, but `reply`
// comes for one's own replies as well.
func (s *Server) tellAbout(n *note) {
	var order []*User
	reasons := map[*User]misskey.NotificationKind{}
	because := func(u *User, kind misskey.NotificationKind) {
		if _, known := reasons[u]; !known {
			order = append(order, u)
		}
		reasons[u] = kind
	}
	for _, u := range n.mentions {
		if u != n.user {
			u.toMainFrom(n.user, "mention", s.packNote(n, packing{me: u.ID}))
			because(u, misskey.NotificationKindMention)
		}
	}
	if to := n.replyTo(); to != nil {
		to.user.toMain("reply", s.packNote(n, packing{stream: true}))
		because(to.user, misskey.NotificationKindReply)
	}
	if of := n.renoteOf(); of != nil {
		if of.user != n.user {
			of.user.toMain("renote", s.packNote(n, packing{stream: true, renoteFor: of.user.ID}))
		}
		kind := misskey.NotificationKindQuote
		if n.pureRenote() {
			kind = misskey.NotificationKindRenote
		}
		because(of.user, kind)
	}
	for _, u := range order {
		s.notify(u, notificationContent{kind: reasons[u], from: n.user, note: n})
	}
}

// mayRenote: what is not public or home may be renoted by its author at most,
// and what is specified by nobody.
func (s *Server) mayRenote(u *User, n *note) bool {
	switch n.visibility {
	case misskey.NoteVisibilityFollowers:
		return n.user == u
	case misskey.NoteVisibilitySpecified:
		return false
	default:
		return true
	}
}

func (s *Server) deleteNote(u *User, id misskey.NoteID) *apiError {
	n := s.notes.get(id)
	switch {
	case n == nil:
		return errNoSuchNoteDelete
	case n.user != u:
		return errDeleteOfOthers
	}
	s.discard(n)
	return nil
}

func (s *Server) discard(n *note) {
	n.deleted = true
	s.notes.remove(n)
	if to := n.replyTo(); to != nil {
		to.replies--
	}
	if of := n.renoteOf(); of != nil && n.pureRenote() {
		of.renotes--
	}
	s.updateNote(n, "deleted", deletedBody{DeletedAt: timestamp(s.now())})
}

type deletedBody struct {
	DeletedAt timestamp `json:"deletedAt"`
}

// timestamp is a time as Misskey writes it, with milliseconds.
type timestamp time.Time

// MarshalJSON writes the time as a string.
func (t timestamp) MarshalJSON() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format(`"2006-01-02T15:04:05.000Z"`)), nil
}
