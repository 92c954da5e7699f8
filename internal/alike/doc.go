// Package alike finds letters that may be about one matter, without a model and without a line to anywhere.
//
// An Index holds what is compared of each letter: hashes of its words, a sketch of its text, the land parcels and
// decisions that it names, whom it is about, where, and the keyed mark of its sender. It holds no sentence. Near looks
// one letter up and returns those that resemble it, the likeliest first, each with its reasons in words. All of it is a
// suggestion: a person decides, in package matter.
//
// A letter is read as its syllables without marks (Vietnamese words are written syllable by syllable), after what
// stands in every letter was taken out: the State's name, the addressee, who writes and where he lives, thanks and
// oaths. So neither another addressee nor another date makes two letters differ, and the sender's name is no part of
// the comparison.
//
// Two letters are the same letter when nearly all of their text is the same (a hash for equal texts; for copies read
// by a machine, a MinHash sketch of runs of three syllables). They are of the same matter by weight of evidence: how
// much their rarer words agree (cosine of TF-IDF over single and double syllables), parcels and decisions that both
// name, the same respondent, place and sender. A parcel counts within one commune only, and what many letters name
// (a price decision that a whole project cites) says nothing of two of them. The same sender alone is never enough: a
// list of letters by person is not to be had from here.
//
// Letters are added, changed and removed one at a time; what Near answers depends on the letters that are in, not on
// the order in which they came, so an index that is built anew is the same.
package alike
