package fts

import "vangnet/engine/mapi"

// kind is what an open object is.
type kind byte

const (
	inMessage kind = iota
	inRecipient
	inAttachment
)

type level struct {
	kind     kind
	props    int
	embedded bool // an attachment that had its message already
}

// nest follows the grammar of an item: which object is open, and whether the
// lists of children came.
type nest struct {
	open        []level
	recipients  int
	attachments int
	lists       int // bit 1: recipients announced, bit 2: attachments, at the top
}

func newNest() nest { return nest{open: []level{{kind: inMessage}}} }

func (n *nest) top() *level { return &n.open[len(n.open)-1] }

func (n *nest) depth() int {
	d := 0
	for _, l := range n.open {
		if l.kind == inMessage {
			d++
		}
	}
	return d - 1
}

func (n *nest) closed() bool { return len(n.open) == 1 && n.lists == 3 }

// step is what a marker means: how many open objects it closes, what is wrong
// with it, and whether reading can go on.
type step struct {
	closes int
	reason Reason
	stop   bool
}

// mark takes the next marker. ok is false where tag is none that items have.
func (n *nest) mark(tag mapi.Tag, lim Limits) (s step, ok bool) {
	switch tag {
	case StartRecip:
		n.recipients++
		return n.child(inRecipient, n.recipients > lim.Recipients), true
	case NewAttach:
		n.attachments++
		return n.child(inAttachment, n.attachments > lim.Attachments), true
	case StartEmbed:
		return n.embed(lim), true
	case EndToRecip:
		return n.end(inRecipient), true
	case EndAttach:
		return n.end(inAttachment), true
	case EndEmbed:
		return n.end(inMessage), true
	}
	return step{}, false
}

// child opens a recipient or attachment of the message that is open. A sibling
// that was left open is closed first.
func (n *nest) child(k kind, tooMany bool) (s step) {
	if tooMany {
		return step{reason: ReasonLimit, stop: true}
	}
	if n.top().kind != inMessage {
		n.open = n.open[:len(n.open)-1]
		s = step{closes: 1, reason: ReasonNesting}
	}
	n.open = append(n.open, level{kind: k})
	return s
}

func (n *nest) embed(lim Limits) step {
	if n.top().kind != inAttachment || n.top().embedded {
		return step{reason: ReasonNesting, stop: true}
	}
	if n.depth() >= lim.Depth {
		return step{reason: ReasonLimit, stop: true}
	}
	n.top().embedded = true
	n.open = append(n.open, level{kind: inMessage})
	return step{}
}

// end closes the innermost object of kind k with all that is open in it.
func (n *nest) end(k kind) step {
	for i := len(n.open) - 1; i > 0; i-- {
		if n.open[i].kind != k {
			continue
		}
		s := step{closes: len(n.open) - i}
		if s.closes > 1 {
			s.reason = ReasonNesting
		}
		n.open = n.open[:i]
		return s
	}
	return step{reason: ReasonNesting, stop: true}
}

// announce takes the tag of children to come.
func (n *nest) announce(tag mapi.Tag) Reason {
	if n.top().kind != inMessage {
		return ReasonNesting
	}
	if len(n.open) > 1 {
		return ReasonNone
	}
	switch tag {
	case RecipientsFollow:
		n.lists |= 1
	case AttachmentsFollow:
		n.lists |= 2
	}
	return ReasonNone
}

// foreign reports markers that belong to folders and message lists.
func foreign(tag mapi.Tag) bool {
	switch tag {
	case StartTopFld, StartSubFld, EndFolder, StartMsg, EndMsg, StartFAIMsg, IncrSyncChg, ErrorInfo:
		return true
	}
	return false
}
