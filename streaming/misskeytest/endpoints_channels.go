package misskeytest

import (
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var channelEndpoints = []*endpoint{
	{name: "channels/create", credential: true, permission: "write:channels", params: channelParams(true), run: createChannel},
	{name: "channels/update", credential: true, permission: "write:channels", params: append(channelParams(false),
		oneChannel[0],
		param{name: "isArchived", kind: aBoolean, nullable: true},
		param{name: "pinnedNoteIds", kind: someIDs},
	), run: updateChannel},
	{name: "channels/show", params: oneChannel, run: showChannel},
	{name: "channels/follow", credential: true, permission: "write:channels", params: oneChannel,
		run: toChannel(errNoSuchChannelFollow, (*Server).followChannel)},
	{name: "channels/unfollow", credential: true, permission: "write:channels", params: oneChannel,
		run: toChannel(errNoSuchChannelUnfollow, (*Server).unfollowChannel)},
	{name: "channels/favorite", credential: true, permission: "write:channels", params: oneChannel,
		run: toChannel(errNoSuchChannelFavorite, (*Server).favorChannel)},
	{name: "channels/unfavorite", credential: true, permission: "write:channels", params: oneChannel,
		run: toChannel(errNoSuchChannelUnfavorite, (*Server).unfavorChannel)},
	{name: "channels/followed", credential: true, permission: "read:channels", params: paging, run: listFollowedChannels},
	{name: "channels/owned", credential: true, permission: "read:channels", params: paging, run: listOwnedChannels},
	{name: "channels/my-favorites", credential: true, permission: "read:channels", run: listFavoriteChannels},
	{name: "channels/search", params: paged(
		param{name: "query", kind: aText, required: true},
		param{name: "type", kind: aText, oneOf: []string{"nameAndDescription", "nameOnly"}},
	), run: searchChannels},
}

var oneChannel = schema{{name: "channelId", kind: anID, required: true}}

func channelParams(needsName bool) schema {
	return schema{
		{name: "name", kind: aText, required: needsName, min: 1, max: 128},
		{name: "description", kind: aText, nullable: true, max: 2048},
		{name: "color", kind: aText, min: 1, max: 16},
		{name: "isSensitive", kind: aBoolean, nullable: true},
		{name: "allowRenoteToExternal", kind: aBoolean, nullable: true},
	}
}

var (
	errNoSuchChannelUpdate     = refusal("NO_SUCH_CHANNEL", "f9c5467f-d492-4c3c-9a8d-a70dacc86512", "No such channel.")
	errChannelOfOthers         = refusal("ACCESS_DENIED", "1fb7cb09-d46a-4fdf-b8df-057788cce513", "You do not have edit privilege of the channel.")
	errNoSuchChannelShow       = refusal("NO_SUCH_CHANNEL", "6f6c314b-7486-4897-8966-c04a66a02923", "No such channel.")
	errNoSuchChannelFollow     = refusal("NO_SUCH_CHANNEL", "c0031718-d573-4e85-928e-10039f1fbb68", "No such channel.")
	errNoSuchChannelUnfollow   = refusal("NO_SUCH_CHANNEL", "19959ee9-0153-4c51-bbd9-a98c49dc59d6", "No such channel.")
	errNoSuchChannelFavorite   = refusal("NO_SUCH_CHANNEL", "4938f5f3-6167-4c04-9149-6607b7542861", "No such channel.")
	errNoSuchChannelUnfavorite = refusal("NO_SUCH_CHANNEL", "353c68dd-131a-476c-aa99-88a345e83668", "No such channel.")
)

// channelPage is how long a page of channels is unless the caller says.
const channelPage = 5

// toChannel makes an endpoint of what the caller does with a channel.
func toChannel(none *apiError, do func(*Server, *User, *Channel)) func(*request) (any, *apiError) {
	return func(r *request) (any, *apiError) {
		c := r.channel()
		if c == nil {
			return nil, none
		}
		do(r.server, r.user, c)
		return nil, nil
	}
}

func (r *request) channel() *Channel {
	c, _ := r.server.channels.get(misskey.ChannelID(r.text("channelId")))
	return c
}

func createChannel(r *request) (any, *apiError) {
	c := r.server.addChannel(r.user, r.text("name"), r.server.nextID())
	r.changeChannel(c)
	return r.server.packWholeChannel(c, r.user), nil
}

// updateChannel is for the channel's owner and for moderators.
func updateChannel(r *request) (any, *apiError) {
	c := r.channel()
	switch {
	case c == nil:
		return nil, errNoSuchChannelUpdate
	case c.owner != r.user && !r.server.isModerator(r.user):
		return nil, errChannelOfOthers
	}
	r.changeChannel(c)
	return r.server.packWholeChannel(c, r.user), nil
}

// changeChannel changes what the params name.
func (r *request) changeChannel(c *Channel) {
	if name, given := r.params.text("name"); given {
		c.name = name
	}
	if _, given := r.params["description"]; given {
		c.description = r.text("description")
	}
	if color, given := r.params.text("color"); given {
		c.color = color
	}
	if _, given := r.params["pinnedNoteIds"]; given {
		c.pinned = nil
		for _, id := range r.texts("pinnedNoteIds") {
			c.pinned = append(c.pinned, misskey.NoteID(id))
		}
	}
	c.sensitive = r.boolean("isSensitive", c.sensitive)
	c.allowRenote = r.boolean("allowRenoteToExternal", c.allowRenote)
	c.archived = r.boolean("isArchived", c.archived)
}

// showChannel shows the pinned notes too.
func showChannel(r *request) (any, *apiError) {
	c := r.channel()
	if c == nil {
		return nil, errNoSuchChannelShow
	}
	m := r.server.packWholeChannel(c, r.user)
	pinned := []misskey.Note{}
	for _, id := range c.pinned {
		if n := r.server.notes.get(id); n != nil {
			pinned = append(pinned, r.server.packNote(n, packing{me: r.me()}))
		}
	}
	m.PinnedNotes = &pinned
	return m, nil
}

func (r *request) packChannels(all []*Channel) []packedChannel {
	list := []packedChannel{}
	for _, c := range all {
		list = append(list, r.server.packWholeChannel(c, r.user))
	}
	return list
}

func (c *Channel) key() string { return string(c.ID) }

// channelsByID returns the channels that are wanted, by id.
func (s *Server) channelsByID(wanted func(*Channel) bool) []*Channel {
	found := slices.DeleteFunc(slices.Clone(s.channels.all), func(c *Channel) bool { return !wanted(c) })
	slices.SortFunc(found, compareKeys[*Channel])
	return found
}

// listFollowedChannels pages by when they were followed.
func listFollowedChannels(r *request) (any, *apiError) {
	r.defaultLimit(channelPage)
	var followed []*Channel
	for _, f := range page(r, oldestFirst(r.user.relations.channels), (*channelFollow).key, always) {
		followed = append(followed, f.channel)
	}
	return r.packChannels(followed), nil
}

func listOwnedChannels(r *request) (any, *apiError) {
	r.defaultLimit(channelPage)
	owned := r.server.channelsByID(func(c *Channel) bool { return c.owner == r.user && !c.archived })
	return r.packChannels(page(r, owned, (*Channel).key, always)), nil
}

func listFavoriteChannels(r *request) (any, *apiError) {
	return r.packChannels(r.server.channelsByID(func(c *Channel) bool { return c.favorites[r.user.ID] != nil })), nil
}

func searchChannels(r *request) (any, *apiError) {
	r.defaultLimit(channelPage)
	query := strings.ToLower(r.text("query"))
	found := r.server.channelsByID(func(c *Channel) bool {
		return !c.archived && (strings.Contains(strings.ToLower(c.name), query) ||
			r.text("type") != "nameOnly" && strings.Contains(strings.ToLower(c.description), query))
	})
	return r.packChannels(page(r, found, (*Channel).key, always)), nil
}
