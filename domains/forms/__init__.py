"""What people type on floor 1, a module per noun."""
