"""The version. The distribution takes it from here: to query its metadata would take a tenth of `gate finish`."""

VERSION = "0.3.0"
