"""Settings that hold the Stamp of Approval of the National Portage Association, or work towards it (WNC-11)."""
