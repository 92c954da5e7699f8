// Package model keeps models and examples “Dân vận khéo”, self-managed groups and the drives of army and police: where
// each stands, which follows from its dates alone, what may follow now, and what of it is public.
package model

// The kinds of the catalogue.
const (
	ModelKind    = "skilled_model"
	GroupKind    = "self_managed_group"
	EvidenceKind = "model_evidence"
	TotalsKind   = "model_totals"
	DriveKind    = "force_drive"
)

// Yes is the word of fields that are said with yes or no.
const (
	Yes = "yes"
	No  = "no"
)

// Named is the consent of who wishes to be named.
const Named = "named"
