"""The trail (*verantwoording*): every act and every refusal as a canonical record, chained per case and sealed."""
