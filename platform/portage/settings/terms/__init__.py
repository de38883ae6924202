"""Terms as a form: each field of a policy's schema as something that a person can fill in, and back again."""
